package io.fleetserve.controller.spot;

import java.util.OptionalDouble;

/// What a service file says about the mix.
///
/// @param availabilityTarget share of time with enough ready replicas, above 0 and below 1, for
///   `hedge`; empty: a fixed price of shortage
/// @param baseOnDemand SkyServe's `base_ondemand_fallback_replicas`, >= 0
/// @param dynamicFallback SkyServe's `dynamic_ondemand_fallback`
public record MixSettings(
    OptionalDouble availabilityTarget, int baseOnDemand, boolean dynamicFallback) {
  /// Nothing was said.
  public static final MixSettings DEFAULT = new MixSettings(OptionalDouble.of(0.99), 0, true);

  public MixSettings {
    if (availabilityTarget.isPresent()
        && !(availabilityTarget.getAsDouble() > 0 && availabilityTarget.getAsDouble() < 1)) {
      throw new IllegalArgumentException(
          "availabilityTarget: " + availabilityTarget.getAsDouble() + " (expected: 0 to 1)");
    }
    if (baseOnDemand < 0) {
      throw new IllegalArgumentException("baseOnDemand: " + baseOnDemand + " (expected: >= 0)");
    }
  }
}
