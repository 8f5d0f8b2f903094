package io.fleetserve.benchmarks.sim.load;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What came of one run.
///
/// @param waiting share of the requests that waited longer than [#LONG_WAIT] seconds, 0..1
/// @param p99 of the waits, seconds
/// @param supply ready replicas, per second
/// @param actions decisions that changed the number of replicas
@SuppressWarnings("ArrayRecordComponent") // one number per second, never changed
record Outcome(
    String load,
    double waiting,
    double p99,
    double replicaHours,
    int actions,
    Elasticity elasticity,
    int[] supply) {
  static final double LONG_WAIT = 2;

  static Outcome of(
      Workload load, double[] waits, int arrived, int[] supply, double replicaHours, int actions) {
    double[] sorted = Arrays.copyOf(waits, arrived);
    Arrays.sort(sorted);
    int late = 0;
    for (double wait : sorted) {
      late += wait > LONG_WAIT ? 1 : 0;
    }
    return new Outcome(
        load.name(),
        arrived == 0 ? 0 : (double) late / arrived,
        arrived == 0 ? 0 : sorted[(int) Math.min(arrived - 1, Math.floor(0.99 * arrived))],
        replicaHours,
        actions,
        Elasticity.of(load.demand(30), supply),
        supply);
  }

  /// Averages; the supply is that of the first.
  static Outcome mean(List<Outcome> all) {
    Outcome first = all.getFirst();
    return new Outcome(
        first.load(),
        mean(all, Outcome::waiting),
        mean(all, Outcome::p99),
        mean(all, Outcome::replicaHours),
        (int) Math.round(mean(all, Outcome::actions)),
        new Elasticity(
            mean(all, one -> one.elasticity().underAccuracy()),
            mean(all, one -> one.elasticity().overAccuracy()),
            mean(all, one -> one.elasticity().underTime()),
            mean(all, one -> one.elasticity().overTime()),
            mean(all, one -> one.elasticity().instability())),
        first.supply());
  }

  private static double mean(List<Outcome> all, ToDoubleFunction<Outcome> figure) {
    return all.stream().mapToDouble(figure).average().orElse(0);
  }
}
