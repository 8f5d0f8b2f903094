package io.fleetserve.provider;

/// Opens a provider; found by `ServiceLoader`.
public interface ProviderFactory {
  /// Name as in `infra:`.
  String name();

  InstanceProvider open(ProviderContext context);
}
