package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.load.LoadView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/// Measures what is asked of a service, in replicas: the largest of its shared metrics, each
/// divided by its target.
///
/// For `concurrency` this is the work that arrives, not the queue: a backlog is no demand that
/// lasts. While nothing waits, what arrives is what is at work. While requests wait, the replicas
/// are full, and what arrives is what is at work and what the queue grows by:
///
/// ```
/// work = average in flight + seconds per request * (arrivals - answers) / window
/// ```
final class DemandMeter {
  private final List<Goal> goals;

  DemandMeter(List<Goal> goals) {
    this.goals = goals.stream().filter(goal -> goal.metric().isShared()).toList();
  }

  /// What a history must be of to be gone on with.
  String what() {
    return goals.toString();
  }

  /// The history with the newest span, once per span; unchanged without fresh data.
  DemandHistory observe(DemandHistory before, Inputs in, Instant now) {
    DemandHistory history = before.of(what());
    long span = DemandHistory.spanAt(now);
    LoadView load = in.load();
    if (span == history.lastSpan() || !load.fresh(now)) {
      return history;
    }
    OptionalDouble demand = demand(history, in, DemandHistory.span(), now);
    if (demand.isEmpty()) {
      return history;
    }
    double busy = atWork(load, DemandHistory.span(), now);
    return history.with(
        span,
        demand.getAsDouble(),
        busy * DemandHistory.span().toSeconds(),
        load.completionsInLast(DemandHistory.span(), now).value());
  }

  /// Replicas that the demand of the window asks for; empty when no metric tells.
  OptionalDouble demand(DemandHistory history, Inputs in, Duration window, Instant now) {
    return goals.stream()
        .map(goal -> of(goal, history, in, window, now))
        .flatMapToDouble(OptionalDouble::stream)
        .max();
  }

  private static OptionalDouble of(
      Goal goal, DemandHistory history, Inputs in, Duration window, Instant now) {
    LoadView load = in.load();
    double seconds = window.toMillis() / 1000.0;
    return switch (goal.metric()) {
      case QPS ->
          OptionalDouble.of(load.requestsInLast(window, now).value() / seconds / goal.target());
      case CONCURRENCY -> OptionalDouble.of(work(history, load, window, now) / goal.target());
      case PROMETHEUS, TOKENS, QUEUE_DELAY, TTFT -> OptionalDouble.empty();
    };
  }

  /// Replicas' seconds of work that wait, if a request can be said to be work.
  double backlog(DemandHistory history, LoadView load) {
    return goals.stream()
        .filter(goal -> goal.metric() == Metric.CONCURRENCY)
        .mapToDouble(goal -> load.held() * history.secondsPerRequest() / goal.target())
        .max()
        .orElse(0);
  }

  private static double work(DemandHistory history, LoadView load, Duration window, Instant now) {
    double busy = atWork(load, window, now);
    if (load.averageHeld(window, now).value() <= 0) {
      return busy;
    }
    double growth =
        load.requestsInLast(window, now).value() - load.completionsInLast(window, now).value();
    return Math.max(0, busy + history.secondsPerRequest() * growth / (window.toMillis() / 1000.0));
  }

  private static double atWork(LoadView load, Duration window, Instant now) {
    return Math.max(
        0, load.averageConcurrency(window, now).value() - load.averageHeld(window, now).value());
  }
}
