package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.spot.ShortagePricing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Every policy on one set.
final class Contest {
  /// Prices of shortage along which `hedge` is drawn.
  static final List<Integer> PRICES = List.of(100, 200, 400, 800, 1600, 3200);

  static final List<Double> TARGETS = List.of(0.99, 0.995, 0.999);

  private static final int NOTICE_TICKS = 4;

  private final SpotTrace trace;
  private final Setup setup;
  private final int seeds;

  /// @param seeds runs of a policy that draws lots
  Contest(SpotTrace trace, Setup setup, int seeds) {
    this.trace = trace;
    this.setup = setup;
    this.seeds = seeds;
  }

  Map<String, SpotRun> run() {
    Map<String, SpotRun> runs = new LinkedHashMap<>();
    runs.put("on demand", one(MixPolicies.forName("ondemand", MixSettings.DEFAULT), 0, 0));
    runs.put("single zone, mean", singleZones());
    runs.put("even spread", one(FixedPlaces.evenSpread(), 0, 0));
    runs.put("round robin", one(new RoundRobin(), 0, 0));
    for (int extra = 0; extra <= 3; extra++) {
      runs.put("spothedge +" + extra, drawn(MixPolicies.spotHedge(true, true), extra));
    }
    runs.put("algorithm 1 +1", drawn(MixPolicies.spotHedge(false, true), 1));
    runs.put(
        "dynamic_fallback +1",
        one(MixPolicies.forName("dynamic_fallback", MixSettings.DEFAULT), 1, 0));
    for (double target : TARGETS) {
      runs.put("hedge " + target, one(hedge(target), 0, 0));
    }
    runs.put("hedge 0.99 noticed", one(hedge(0.99), 0, NOTICE_TICKS));
    for (int price : PRICES) {
      runs.put("hedge at " + price, one(MixPolicies.hedge(new ShortagePricing.Fixed(price)), 0, 0));
    }
    return runs;
  }

  private static MixPolicy hedge(double target) {
    return MixPolicies.hedge(new ShortagePricing.Target(target));
  }

  private SpotRun singleZones() {
    return SpotRun.mean(
        IntStream.range(0, trace.zones().size())
            .mapToObj(zone -> one(FixedPlaces.single(zone), 0, 0))
            .toList());
  }

  private SpotRun one(MixPolicy policy, int extra, int noticeTicks) {
    return SpotSimulation.run(trace, setup.with(extra, noticeTicks), policy);
  }

  private SpotRun drawn(MixPolicy policy, int extra) {
    List<SpotRun> runs = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      runs.add(SpotSimulation.run(trace, setup.with(extra, 0), policy, seed));
    }
    return SpotRun.mean(runs);
  }
}
