package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.wire.Order.Kind;
import java.util.ArrayList;
import java.util.List;

/// Says when a measurement does not show what it should: not the proxy was the limit, the client
/// was late, something else ran. Pure.
final class Warnings {
  private static final double SATURATED = 0.95;
  private static final double IDLE_LIMIT = 0.03;
  private static final double STEAL_LIMIT = 0.02;
  private static final double LATE_MICROS = 1_000;
  private static final double JOINED_MICROS = 10_000;
  private static final double ERROR_SHARE = 0.001;

  private Warnings() {}

  /// Of one measurement, each with its place.
  static List<String> of(Sample sample, Workload workload) {
    List<String> found = new ArrayList<>();
    double loadSide = sample.clientShare() + sample.backendShare();
    int loadProcessors = Runtime.getRuntime().availableProcessors() - 1;
    boolean throughputCounts = workload.saturates();
    boolean apart = workload.apart();
    if (apart && loadSide > SATURATED * loadProcessors && sample.proxyShare() < SATURATED) {
      found.add(
          "client and backend are the limit (%.2f processors): throughput is theirs, CPU time holds"
              .formatted(loadSide));
    }
    if (!apart && throughputCounts && sample.idleShare() < IDLE_LIMIT) {
      found.add("all processors are busy: throughput is the machine's, CPU time holds");
    }
    if (sample.stealShare() > STEAL_LIMIT) {
      found.add("%.0f %% of the time went to other machines".formatted(sample.stealShare() * 100));
    }
    if (!throughputCounts && sample.latenessMicros(99) > LATE_MICROS) {
      found.add(
          "the client itself sent 1 %% of the requests more than %.1f ms late"
              .formatted(sample.latenessMicros(99) / 1e3));
    }
    if (workload.kind() == Kind.CLOSED
        && sample.cpu().proxy() > 0
        && sample.cpu().workers() != workload.loops()) {
      found.add(
          "%d threads did the work where %d loops were asked for"
              .formatted(sample.cpu().workers(), workload.loops()));
    }
    if (workload.kind() == Kind.STREAMS && sample.latencyMicros(50) > JOINED_MICROS) {
      found.add(
          "events came %.0f ms late: several were passed on as one, CPU time per event flatters"
              .formatted(sample.latencyMicros(50) / 1e3));
    }
    long errors = sample.outcome().errors();
    if (errors > ERROR_SHARE * Math.max(1, sample.outcome().count())) {
      found.add(errors + " errors for " + sample.outcome().count() + " answers");
    }
    return found.stream()
        .map(text ->
            "%s, %s, round %d: %s"
                .formatted(sample.workload(), sample.subject(), sample.round(), text))
        .toList();
  }
}
