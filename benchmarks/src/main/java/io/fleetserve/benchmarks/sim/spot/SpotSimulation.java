package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixPolicy.Decision;
import io.fleetserve.controller.spot.MixPolicy.Inputs;
import io.fleetserve.controller.spot.ZoneView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A policy on a trace, in virtual time.
///
/// A tick: the policy decides on what it held at the end of the tick before, then the capacity of
/// this tick cuts what it holds and what it launches; both are told at the next tick. Ready is, per
/// zone, the least held over the last cold start, so that the newest replica is lost first. Held
/// replicas cost from the launch on. On demand is always to be had, with the same cold start. Time
/// counts from the first cold start on.
final class SpotSimulation {
  static final Instant START = Instant.parse("2023-02-01T00:00:00Z");

  private final SpotTrace trace;
  private final Setup setup;
  private final MixPolicy policy;

  private final int[] held;
  private final int[] lost;
  private final int[] failed;
  private final SlidingLeast[] readySpot;
  private final SlidingLeast readyOnDemand;
  private int onDemand;
  private MixMemory memory;

  SpotSimulation(SpotTrace trace, Setup setup, MixPolicy policy, long seed) {
    this.trace = trace;
    this.setup = setup;
    this.policy = policy;
    int zones = trace.zones().size();
    held = new int[zones];
    lost = new int[zones];
    failed = new int[zones];
    readySpot = new SlidingLeast[zones];
    for (int zone = 0; zone < zones; zone++) {
      readySpot[zone] = new SlidingLeast(setup.coldStartTicks() + 1);
    }
    readyOnDemand = new SlidingLeast(setup.coldStartTicks() + 1);
    memory = MixMemory.seeded(seed);
  }

  static SpotRun run(SpotTrace trace, Setup setup, MixPolicy policy) {
    return run(trace, setup, policy, 0);
  }

  static SpotRun run(SpotTrace trace, Setup setup, MixPolicy policy, long seed) {
    return new SpotSimulation(trace, setup, policy, seed).run((tick, spot, onDemand, ready) -> {});
  }

  /// Sees what was held during a tick.
  interface Watcher {
    /// Called once a tick.
    ///
    /// @param spot replicas held by zone, only valid during the call
    /// @param ready replicas, spot and on demand
    void see(int tick, int[] spot, int onDemand, int ready);
  }

  /// Runs the whole trace.
  ///
  /// @param watcher sees every tick
  SpotRun run(Watcher watcher) {
    Tally tally = new Tally(setup);
    for (int tick = 0; tick < trace.ticks(); tick++) {
      Decision decision = policy.decide(inputs(tick));
      memory = decision.next();
      int launched = carryOut(decision, tick);
      onDemand = decision.onDemand();
      readyOnDemand.add(onDemand);
      int ready = readyOnDemand.least();
      for (SlidingLeast zone : readySpot) {
        ready += zone.least();
      }
      if (tick >= setup.coldStartTicks()) {
        tally.add(held, onDemand, ready, launched, lost, failed);
      }
      watcher.see(tick, held, onDemand, ready);
    }
    return tally.result();
  }

  private Inputs inputs(int tick) {
    List<ZoneView> views = new ArrayList<>(held.length);
    for (int zone = 0; zone < held.length; zone++) {
      views.add(
          new ZoneView(
              trace.zones().get(zone),
              setup.price(zone),
              0,
              held[zone],
              readySpot[zone].least(),
              lost[zone],
              failed[zone],
              noticed(zone, tick),
              false));
    }
    return new Inputs(
        setup.wanted(),
        setup.extra(),
        SpotTrace.TICK.multipliedBy(setup.coldStartTicks()),
        setup.onDemandPrice(),
        views,
        onDemand,
        readyOnDemand.least(),
        memory,
        START.plus(Duration.ofSeconds(30L * tick)));
  }

  /// The capacity held now will not be there within the notice.
  private boolean noticed(int zone, int tick) {
    int last = Math.min(trace.ticks() - 1, tick + setup.noticeTicks());
    for (int at = tick; setup.noticeTicks() > 0 && at <= last; at++) {
      if (trace.capacity(zone, at) < held[zone]) {
        return true;
      }
    }
    return false;
  }

  /// Returns how many spot replicas were launched.
  private int carryOut(Decision decision, int tick) {
    int launched = 0;
    for (int zone = 0; zone < held.length; zone++) {
      int plan = decision.spotIn(trace.zones().get(zone));
      int capacity = trace.capacity(zone, tick);
      int got = Math.min(plan, capacity);
      int kept = Math.min(held[zone], plan);
      lost[zone] = Math.max(0, kept - got);
      failed[zone] = plan - Math.max(got, kept);
      launched += Math.max(0, got - kept);
      held[zone] = got;
      readySpot[zone].add(got);
    }
    return launched;
  }
}
