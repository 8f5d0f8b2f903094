package io.fleetserve.benchmarks.sim.spot;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// What came of a policy on a trace.
///
/// @param availability share of ticks with enough ready replicas, from the first cold start on
/// @param cost share of what the wanted number on demand would cost
/// @param meanSpot spot replicas held
/// @param meanOnDemand on-demand replicas held
/// @param losses replicas taken away, per day
/// @param failedLaunches create calls refused, one per replica asked for, per day
/// @param launches spot replicas launched, per day
/// @param longestOutageTicks most ticks in a row with too few ready replicas
/// @param ticks scored
record SpotRun(
    double availability,
    double cost,
    double meanSpot,
    double meanOnDemand,
    double losses,
    double failedLaunches,
    double launches,
    int longestOutageTicks,
    int ticks) {
  /// Mean over runs, each weighing the same; the longest outage of all.
  static SpotRun mean(List<SpotRun> runs) {
    return new SpotRun(
        mean(runs, SpotRun::availability),
        mean(runs, SpotRun::cost),
        mean(runs, SpotRun::meanSpot),
        mean(runs, SpotRun::meanOnDemand),
        mean(runs, SpotRun::losses),
        mean(runs, SpotRun::failedLaunches),
        mean(runs, SpotRun::launches),
        runs.stream().mapToInt(SpotRun::longestOutageTicks).max().orElse(0),
        runs.stream().mapToInt(SpotRun::ticks).sum());
  }

  private static double mean(List<SpotRun> runs, ToDoubleFunction<SpotRun> figure) {
    return runs.stream().mapToDouble(figure).average().orElse(0);
  }

  /// As in the reference tables, for example `99.31@49.8`.
  @Override
  public String toString() {
    return "%.2f@%.1f".formatted(100 * availability, 100 * cost);
  }
}
