package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
///
/// `tokens` are told as answers end, and grow by the queue in the same way. A metric that tells
/// nothing now is left out of the demand, and named by [#missing].
final class DemandMeter {
  private final List<Goal> goals;
  private final Duration window;

  DemandMeter(Autoscaling rule) {
    this.goals = rule.goals().stream().filter(goal -> goal.metric().isShared()).toList();
    this.window = rule.window();
  }

  /// No metric is shared by replicas.
  boolean isEmpty() {
    return goals.isEmpty();
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
    if (demand.isEmpty() || !missing(history, in, DemandHistory.span(), now).isEmpty()) {
      return history;
    }
    double busy = atWork(load, DemandHistory.span(), now);
    return history.with(
        span,
        demand.getAsDouble(),
        busy * DemandHistory.span().toSeconds(),
        load.completionsInLast(DemandHistory.span(), now).value());
  }

  /// Replicas that the demand of the time `over` asks for; empty when no metric tells.
  OptionalDouble demand(DemandHistory history, Inputs in, Duration over, Instant now) {
    return goals.stream()
        .map(goal -> of(goal, history, in, over, now))
        .flatMapToDouble(OptionalDouble::stream)
        .max();
  }

  /// The metrics that tell nothing now. While there is one, nobody knows how little would do.
  List<Metric> missing(DemandHistory history, Inputs in, Duration over, Instant now) {
    return goals.stream()
        .filter(goal -> of(goal, history, in, over, now).isEmpty())
        .map(Goal::metric)
        .distinct()
        .toList();
  }

  /// Whether a demand may be there though no request is: a value of Prometheus.
  boolean goesBeyondRequests() {
    return goals.stream().anyMatch(goal -> goal.metric() == Metric.PROMETHEUS);
  }

  private OptionalDouble of(
      Goal goal, DemandHistory history, Inputs in, Duration over, Instant now) {
    LoadView load = in.load();
    OptionalDouble value =
        switch (goal.metric()) {
          case QPS -> OptionalDouble.of(load.requestsInLast(over, now).value() / seconds(over));
          case CONCURRENCY -> OptionalDouble.of(work(history, load, over, now));
          case TOKENS -> tokens(load, over, now);
          case PROMETHEUS -> load.queried(Objects.requireNonNull(goal.query()), now);
          case QUEUE_DELAY, TTFT -> OptionalDouble.empty();
        };
    return value.isEmpty()
        ? value
        : OptionalDouble.of(Math.max(0, value.getAsDouble() / goal.target()));
  }

  /// Tokens per second that arrive. An answer tells its tokens when it ends, all at once: over less
  /// than the averaging window that would be a demand of nothing and of far too much in turn.
  private OptionalDouble tokens(LoadView load, Duration over, Instant now) {
    Duration longer = over.compareTo(window) > 0 ? over : window;
    OptionalDouble told =
        load.tokensInLast(longer, now).stream().mapToDouble(Measurement::value).findFirst();
    double answers = load.completionsInLast(longer, now).value();
    if (told.isEmpty() || answers < 0.5 || load.averageHeld(longer, now).value() <= 0) {
      return told.isEmpty() ? told : OptionalDouble.of(told.getAsDouble() / seconds(longer));
    }
    double arrivals = load.requestsInLast(longer, now).value();
    double each = told.getAsDouble() / answers;
    return OptionalDouble.of(Math.max(answers, arrivals) * each / seconds(longer));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
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
    return Math.max(0, busy + history.secondsPerRequest() * growth / seconds(window));
  }

  private static double atWork(LoadView load, Duration window, Instant now) {
    return Math.max(
        0, load.averageConcurrency(window, now).value() - load.averageHeld(window, now).value());
  }
}
