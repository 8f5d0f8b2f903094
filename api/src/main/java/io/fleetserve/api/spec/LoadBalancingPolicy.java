package io.fleetserve.api.spec;

import java.util.Locale;

/// Names of `load_balancing_policy`.
public enum LoadBalancingPolicy {
  ROUND_ROBIN,
  LEAST_LOAD,
  INSTANCE_AWARE_LEAST_LOAD,
  POWER_OF_TWO,
  PEAK_EWMA,
  CONSISTENT_HASH;

  /// The name as written in a service file.
  public String yamlName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
