package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/// How many replicas the metrics that are times ask for: `queue_delay` and `ttft`.
///
/// A time says that there are too few replicas, not how many are missing, and says nothing once it
/// is well below its target. So: above the target by more than a tenth, as many times more as it is
/// above, at most twice; below half of it, one fewer; in between as many as there are. Replicas on
/// their way count as help that is yet to come: while there are some, nothing more is asked for.
final class LatencyGoals {
  private static final double TOLERANCE = 0.1;
  private static final double CLEARLY_BELOW = 0.5;
  private static final double MOST = 2;

  private LatencyGoals() {}

  /// The largest wish; 0 when no metric is a time.
  ///
  /// @param current target
  /// @param ready replicas
  static int wish(
      List<Goal> goals, LoadView load, Duration window, int current, int ready, Instant now) {
    return goals.stream()
        .filter(goal -> !goal.metric().isShared())
        .mapToInt(goal -> wish(goal, seconds(goal, load, window, now), current, ready))
        .max()
        .orElse(0);
  }

  private static int wish(Goal goal, OptionalDouble seconds, int current, int ready) {
    if (seconds.isEmpty()) {
      // Nobody asked: nothing was too slow.
      return current - 1;
    }
    double ratio = seconds.getAsDouble() / goal.target();
    if (ratio > 1 + TOLERANCE) {
      return ready < current ? current : Demand.ceil(current * Math.min(MOST, ratio));
    }
    return ratio < CLEARLY_BELOW ? current - 1 : current;
  }

  private static OptionalDouble seconds(Goal goal, LoadView load, Duration window, Instant now) {
    return switch (goal.metric()) {
      case QUEUE_DELAY -> {
        // Little's law: time waited = waiting on average / arriving per second.
        Measurement requests = load.requestsInLast(window, now);
        double waited = load.averageHeld(window, now).value() * window.toMillis() / 1000.0;
        yield requests.value() < 0.5
            ? OptionalDouble.empty()
            : OptionalDouble.of(waited / requests.value());
      }
      case TTFT -> load.firstByteSeconds(goal.quantile(), window, now);
      case QPS, CONCURRENCY, TOKENS, PROMETHEUS -> OptionalDouble.empty();
    };
  }
}
