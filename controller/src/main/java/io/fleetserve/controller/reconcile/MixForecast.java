package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.placement.ColdStarts;
import io.fleetserve.controller.placement.Market;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.ZoneView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The mix a service comes to rest at when every zone gives what it is asked for.
public final class MixForecast {
  private static final Duration STEP = Duration.ofMinutes(10);
  private static final int STEPS = 12;

  private MixForecast() {}

  /// Asks the policy again and again, each time with what it decided before in place and ready.
  public static MixTarget settled(ServiceSpec spec, int target, Market market, Instant now) {
    MixPolicy policy = MixInputs.policy(spec);
    MixPolicy.Inputs inputs =
        MixInputs.of(
            spec, target, List.of(), market, ColdStarts.NONE, SpotState.NONE, Set.of(), now);
    MixPolicy.Decision decision = policy.decide(inputs);
    for (int step = 1; step < STEPS; step++) {
      decision = policy.decide(granted(inputs, decision, now.plus(STEP.multipliedBy(step))));
    }
    return SpotState.of(decision, inputs.wanted(), market.onDemand() != null, Map.of())
        .target()
        .orElseThrow();
  }

  private static MixPolicy.Inputs granted(
      MixPolicy.Inputs first, MixPolicy.Decision decision, Instant now) {
    List<ZoneView> zones =
        first.zones().stream()
            .map(zone -> {
              int there = zone.blocked() ? 0 : decision.spotIn(zone.key());
              return new ZoneView(
                  zone.key(),
                  zone.price(),
                  0,
                  there,
                  there,
                  0,
                  0,
                  false,
                  zone.blocked(),
                  zone.coldStart());
            })
            .toList();
    MixMemory memory = decision.next();
    return new MixPolicy.Inputs(
        first.wanted(),
        first.extra(),
        first.coldStart(),
        first.onDemandPrice(),
        zones,
        decision.onDemand(),
        decision.onDemand(),
        memory,
        now);
  }
}
