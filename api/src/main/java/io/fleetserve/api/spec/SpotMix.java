package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.util.Locale;

/// How spot and on-demand replicas stand in for one another, for a file with `use_spot: true`.
///
/// @param policy `spot.policy`; default DYNAMIC_FALLBACK when one of SkyServe's spot keys is used,
///   else HEDGE
/// @param availabilityTarget share of the time with enough ready replicas that HEDGE holds, above 0
///   and below 1; `spot.availability_target`, default 0.99
/// @param onDemandAlone the file says that on-demand replicas may serve where nobody sells spot
///   ones: by a policy of its own, or by `dynamic_ondemand_fallback`
public record SpotMix(Policy policy, double availabilityTarget, boolean onDemandAlone) {
  /// Nothing was said.
  public static final SpotMix DEFAULT = new SpotMix(Policy.HEDGE, 0.99, false);

  public SpotMix {
    check(
        availabilityTarget > 0 && availabilityTarget < 1,
        "spot.availability_target",
        availabilityTarget,
        "above 0 and below 1");
  }

  /// Who decides.
  public enum Policy {
    /// Weighs the risk of each zone against prices.
    HEDGE,
    /// SkyServe's rules by SkyServe's keys.
    DYNAMIC_FALLBACK,
    /// No spot replica at all.
    ONDEMAND;

    /// As in a service file.
    public String yamlName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
