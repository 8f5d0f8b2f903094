package io.fleetserve.provider;

/// Opens a provider; found by `ServiceLoader`.
public interface ProviderFactory {
  /// Name as in `infra:`.
  String name();

  /// True when the provider is opened only if `config.yaml` has a section for it below
  /// `providers:`, or `infra.yaml` has one of its name.
  default boolean needsSettings() {
    return false;
  }

  /// Throws a [ProviderSettingsException] when its settings are wrong.
  InstanceProvider open(ProviderContext context);
}
