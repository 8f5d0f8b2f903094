package io.fleetserve.benchmarks.sim.spot;

/// Adds up the ticks of a run.
final class Tally {
  private final Setup setup;
  private int ticks;
  private int enough;
  private double spotCost;
  private long spot;
  private long onDemand;
  private long lost;
  private long failed;
  private long launched;
  private int outage;
  private int longestOutage;

  Tally(Setup setup) {
    this.setup = setup;
  }

  void add(int[] held, int heldOnDemand, int ready, int launches, int[] losses, int[] failures) {
    ticks++;
    for (int zone = 0; zone < held.length; zone++) {
      spot += held[zone];
      spotCost += held[zone] * setup.price(zone);
      lost += losses[zone];
      failed += failures[zone];
    }
    onDemand += heldOnDemand;
    launched += launches;
    if (ready >= setup.wanted()) {
      enough++;
      outage = 0;
    } else {
      outage++;
      longestOutage = Math.max(longestOutage, outage);
    }
  }

  SpotRun result() {
    double days = ticks * SpotTrace.TICK.toSeconds() / 86_400.0;
    return new SpotRun(
        (double) enough / ticks,
        (spotCost + setup.onDemandPrice() * onDemand)
            / (setup.onDemandPrice() * setup.wanted() * ticks),
        (double) spot / ticks,
        (double) onDemand / ticks,
        lost / days,
        failed / days,
        launched / days,
        longestOutage,
        ticks);
  }
}
