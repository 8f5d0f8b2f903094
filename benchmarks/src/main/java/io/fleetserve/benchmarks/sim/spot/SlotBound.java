package io.fleetserve.benchmarks.sim.spot;

/// What somebody who knows the future would pay to have enough ready replicas at every tick.
///
/// The wanted replicas are slots that do not touch one another: each is a cheapest path through
/// time that is served by a zone or on demand at every tick. Staying costs the price of the place;
/// changing to a place costs a cold start more, and a zone must have been up for all of it. Slot j
/// uses only zones with room for more than j replicas. Exact where capacity is unlimited, else a
/// cost that can be had, a little above the true least. Cost: slots x ticks x places.
final class SlotBound {
  private final SpotTrace trace;
  private final Setup setup;

  SlotBound(SpotTrace trace, Setup setup) {
    this.trace = trace;
    this.setup = setup;
  }

  /// As a share of what the wanted number on demand would cost, from the first cold start on.
  double cost() {
    double total = 0;
    for (int slot = 0; slot < setup.wanted(); slot++) {
      total += path(slot);
    }
    int scored = trace.ticks() - setup.coldStartTicks();
    return total / (setup.onDemandPrice() * setup.wanted() * scored);
  }

  private double path(int slot) {
    int zones = trace.zones().size();
    int coldStart = setup.coldStartTicks();
    double[] costs = new double[zones + 1]; // the last place is on demand
    int[] up = new int[zones];
    double least = 0;
    for (int tick = 0; tick < trace.ticks(); tick++) {
      double next = Double.MAX_VALUE;
      for (int place = 0; place <= zones; place++) {
        boolean spot = place < zones;
        double price = spot ? setup.price(place) : setup.onDemandPrice();
        if (spot) {
          up[place] = trace.capacity(place, tick) > slot ? up[place] + 1 : 0;
        }
        if (tick < coldStart) {
          continue; // whoever is ready at the first scored tick was launched before
        }
        boolean open = !spot || up[place] > coldStart;
        boolean first = tick == coldStart;
        double entered = first ? price : least + price + price * coldStart;
        double stayed = first ? price : costs[place] + price;
        costs[place] = open ? Math.min(stayed, entered) : Double.POSITIVE_INFINITY;
        next = Math.min(next, costs[place]);
      }
      least = tick < coldStart ? 0 : next;
    }
    return least;
  }
}
