package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.SpotHedgePolicy.Pick;
import io.fleetserve.controller.spot.SpotHedgePolicy.Reset;

/// Chooses the mix policy a service file asks for.
public final class MixPolicies {
  private MixPolicies() {}

  /// The policy of that name.
  ///
  /// @param name `ondemand` or `dynamic_fallback`
  /// @throws IllegalArgumentException for another name
  public static MixPolicy forName(String name, MixSettings settings) {
    return switch (name) {
      case "ondemand" -> new OnDemandPolicy();
      case "dynamic_fallback" ->
          new SpotHedgePolicy(name, Reset.BELOW_TWO, Pick.CHEAPEST, settings);
      default ->
          throw new IllegalArgumentException(
              "policy: " + name + " (expected: dynamic_fallback or ondemand)");
    };
  }
}
