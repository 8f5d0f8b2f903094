package io.fleetserve.provider.docker;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;

/// Opens the Docker provider: `infra: docker`, settings in `providers.docker`.
public final class DockerProviderFactory implements ProviderFactory {
  @Override
  public String name() {
    return DockerProvider.NAME;
  }

  @Override
  public boolean needsSettings() {
    return true;
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    DockerSettings settings = DockerSettings.read(context.settings());
    return new DockerProvider(context, settings, new Engine(settings.address().caller()));
  }
}
