package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.SpotHedgePolicy.Pick;
import io.fleetserve.controller.spot.SpotHedgePolicy.Reset;
import io.fleetserve.controller.spot.SpotHedgePolicy.Trust;
import java.util.OptionalDouble;

/// Chooses the mix policy a service file asks for.
public final class MixPolicies {
  /// About what keeps 99 % with a few replicas of spot at a quarter of the price of on demand.
  private static final double DEFAULT_SHORTAGE_PRICE = 300;

  private MixPolicies() {}

  /// Ours.
  public static MixPolicy hedge(ShortagePricing pricing) {
    return new HedgePolicy(pricing);
  }

  /// SpotHedge with the rules of its paper and of its released code, to compare with.
  ///
  /// @param released the released rule for clearing marks, else the literal Algorithm 1
  /// @param random a zone by chance among unused ones, else the one with the fewest replicas
  public static MixPolicy spotHedge(boolean released, boolean random) {
    return new SpotHedgePolicy(
        "spothedge",
        Trust.HELD,
        released ? Reset.RELEASED : Reset.BELOW_TWO,
        random ? Pick.RANDOM : Pick.FEWEST,
        MixSettings.DEFAULT);
  }

  /// The policy of that name.
  ///
  /// @param name `hedge`, `dynamic_fallback` or `ondemand`
  /// @throws IllegalArgumentException for another name
  public static MixPolicy forName(String name, MixSettings settings) {
    return switch (name) {
      case "hedge" -> {
        OptionalDouble target = settings.availabilityTarget();
        yield hedge(
            target.isPresent()
                ? new ShortagePricing.Target(target.getAsDouble())
                : new ShortagePricing.Fixed(DEFAULT_SHORTAGE_PRICE));
      }
      case "ondemand" -> new OnDemandPolicy();
      case "dynamic_fallback" ->
          new SpotHedgePolicy(name, Trust.LAUNCHED, Reset.BELOW_TWO, Pick.CHEAPEST, settings);
      default ->
          throw new IllegalArgumentException(
              "policy: " + name + " (expected: hedge, dynamic_fallback or ondemand)");
    };
  }
}
