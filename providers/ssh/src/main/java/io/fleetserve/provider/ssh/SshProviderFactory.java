package io.fleetserve.provider.ssh;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;
import java.nio.file.Path;

/// Opens the SSH provider: `infra: ssh/<pool>`, with the pools of `infra.yaml`. Has no settings.
public final class SshProviderFactory implements ProviderFactory {
  @Override
  public String name() {
    return SshProvider.NAME;
  }

  @Override
  public boolean needsSettings() {
    return true;
  }

  /// @throws IllegalArgumentException with every error of `infra.yaml`, one a line
  @Override
  public InstanceProvider open(ProviderContext context) {
    PoolReader reader =
        new PoolReader(Path.of(System.getProperty("user.home")), System.getProperty("user.name"));
    return new SshProvider(context, new PoolFile(context.infra(), reader));
  }
}
