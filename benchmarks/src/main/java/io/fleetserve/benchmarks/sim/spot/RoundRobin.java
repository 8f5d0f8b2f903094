package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.controller.spot.MixDetail;
import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.ZoneCount;
import java.util.ArrayList;
import java.util.List;

/// Each missing spot replica goes to the next zone in turn; nothing on demand. The turn is kept in
/// the seed of the memory.
record RoundRobin() implements MixPolicy {
  @Override
  public String name() {
    return "round robin";
  }

  @Override
  public Decision decide(Inputs in) {
    int zones = in.zones().size();
    int[] counts = in.zones().stream().mapToInt(zone -> zone.held()).toArray();
    long turn = in.memory().seed();
    for (int missing = in.wanted() + in.extra() - in.spotHeld(); missing > 0; missing--) {
      counts[(int) (turn % zones)]++;
      turn++;
    }
    List<ZoneCount> plan = new ArrayList<>();
    for (int zone = 0; zone < zones; zone++) {
      plan.add(new ZoneCount(in.zones().get(zone).key(), counts[zone]));
    }
    return new Decision(plan, 0, MixMemory.seeded(turn % zones), name(), MixDetail.EMPTY);
  }
}
