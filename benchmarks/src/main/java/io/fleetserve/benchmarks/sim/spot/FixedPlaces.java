package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.controller.spot.MixDetail;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.ZoneCount;
import java.util.ArrayList;
import java.util.List;

/// Spot in fixed zones, asked for again and again, and nothing on demand: the baselines single zone
/// and even spread.
///
/// @param only the one zone to use, by its index; -1 = all zones evenly, the first ones one more
record FixedPlaces(String name, int only) implements MixPolicy {
  static MixPolicy evenSpread() {
    return new FixedPlaces("even spread", -1);
  }

  static MixPolicy single(int zone) {
    return new FixedPlaces("single zone", zone);
  }

  @Override
  public Decision decide(Inputs in) {
    int all = in.wanted() + in.extra();
    int zones = in.zones().size();
    List<ZoneCount> plan = new ArrayList<>();
    for (int zone = 0; zone < zones; zone++) {
      int evenly = all / zones + (zone < all % zones ? 1 : 0);
      int count = only < 0 ? evenly : zone == only ? all : 0;
      plan.add(new ZoneCount(in.zones().get(zone).key(), count));
    }
    return new Decision(plan, 0, in.memory(), name, MixDetail.EMPTY);
  }
}
