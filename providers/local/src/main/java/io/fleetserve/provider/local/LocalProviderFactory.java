package io.fleetserve.provider.local;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;

/// Opens the local provider: `infra: local`. Has no settings.
public final class LocalProviderFactory implements ProviderFactory {
  @Override
  public String name() {
    return LocalProvider.NAME;
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    return new LocalProvider(context, Machine.read());
  }
}
