package io.fleetserve.provider.local;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.ProviderContext;
import io.fleetserve.provider.ProviderFactory;

/// Opens the local provider: `infra: local`. Has no settings.
public final class LocalProviderFactory implements ProviderFactory {
  /// The name the provider gives to what it makes in an attempt.
  public static InstanceRef ref(Ownership owner, String attemptId) {
    return new LocalName(owner.service(), owner.replicaId(), owner.generation(), attemptId).ref();
  }

  @Override
  public String name() {
    return LocalProvider.NAME;
  }

  @Override
  public InstanceProvider open(ProviderContext context) {
    return new LocalProvider(context, Machine.read());
  }
}
