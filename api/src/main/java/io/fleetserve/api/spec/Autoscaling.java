package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Our own `autoscaling:` section, used instead of `target_qps_per_replica`.
///
/// @param policy how measurements become a number of replicas
/// @param goals what one replica is meant to carry, never empty; the largest wish wins
/// @param window averaging window, default 60 s
/// @param panicWindow short window that may raise the target at once, default 6 s
/// @param maxScaleUpRate largest factor of one decision, > 1; default 1000
/// @param headroom of `forecast`: what waiting is worth, 0.5..0.999; a replica-second of work that
///   waits costs `headroom / (1 - headroom)` replica-seconds; default 0.9
/// @param schedules least numbers of replicas by the time of the week; the largest that applies
///   counts
public record Autoscaling(
    Policy policy,
    List<Goal> goals,
    Duration window,
    Duration panicWindow,
    double maxScaleUpRate,
    double headroom,
    List<Schedule> schedules) {
  public static final double DEFAULT_HEADROOM = 0.9;

  /// Of `replica_policy`, where this section stands beside it.
  public static final Duration DEFAULT_DOWNSCALE_DELAY = Duration.ofMinutes(5);

  public static final double DEFAULT_QUANTILE = 0.95;

  public Autoscaling {
    goals = List.copyOf(goals);
    schedules = List.copyOf(schedules);
    check(!goals.isEmpty(), "autoscaling.metrics", goals, "at least one");
    check(window.isPositive(), "autoscaling.window_seconds", window, "> 0");
    check(
        panicWindow.isPositive() && panicWindow.compareTo(window) <= 0,
        "autoscaling.panic_window_seconds",
        panicWindow,
        "> 0 and <= window_seconds");
    check(maxScaleUpRate > 1, "autoscaling.max_scale_up_rate", maxScaleUpRate, "> 1");
    check(headroom >= 0.5 && headroom <= 0.999, "autoscaling.headroom", headroom, "0.5..0.999");
  }

  /// The first metric.
  public Metric metric() {
    return goals.getFirst().metric();
  }

  /// Of the first metric, per replica.
  public double target() {
    return goals.getFirst().target();
  }

  /// How measurements become a number of replicas.
  public enum Policy {
    /// Fleetserve's own: looks one cold start ahead.
    FORECAST,
    /// Knative's pod autoscaler.
    KNATIVE,
    /// The rule of the Kubernetes horizontal pod autoscaler.
    HPA,
    /// Ray Serve's.
    RAY_SERVE
  }

  /// What is measured.
  public enum Metric {
    /// Requests that arrive, per second and replica.
    QPS,
    /// Requests at work or waiting, per replica.
    CONCURRENCY,
    /// Seconds that requests wait for a replica, on average.
    QUEUE_DELAY,
    /// Seconds to the first byte, a quantile.
    TTFT,
    /// Tokens of prompts and completions per second and replica, as answers tell them.
    TOKENS,
    /// The value of a query, per replica.
    PROMETHEUS;

    /// True when the value grows with the demand and is shared by the replicas, so that demand /
    /// target is a number of replicas; false for a time that one holds below its target.
    public boolean isShared() {
      return switch (this) {
        case QPS, CONCURRENCY, TOKENS, PROMETHEUS -> true;
        case QUEUE_DELAY, TTFT -> false;
      };
    }
  }

  /// What one replica is meant to carry, or a time that is to be held.
  ///
  /// @param target > 0, per replica, or seconds
  /// @param quantile of `ttft`, 0.5..0.999
  /// @param query of `prometheus`; null for every other metric
  public record Goal(Metric metric, double target, double quantile, @Nullable Query query) {
    public Goal {
      check(target > 0, "autoscaling.target", target, "> 0");
      check(quantile > 0 && quantile < 1, "autoscaling.quantile", quantile, "0.5..0.999");
      check(
          (query != null) == (metric == Metric.PROMETHEUS),
          "autoscaling.prometheus",
          String.valueOf(query),
          "with metric prometheus, and only then");
    }

    public static Goal of(Metric metric, double target) {
      return new Goal(metric, target, DEFAULT_QUANTILE, null);
    }

    public static Goal of(Query query, double target) {
      return new Goal(Metric.PROMETHEUS, target, DEFAULT_QUANTILE, query);
    }
  }

  /// A question to a Prometheus server.
  ///
  /// @param url of the server, `http` or `https`, without `/api/v1/query`
  /// @param expression PromQL
  public record Query(URI url, String expression) {
    @Override
    public String toString() {
      return expression + " at " + url;
    }
  }

  /// Questions to Prometheus servers among the metrics, each once.
  public List<Query> queries() {
    return goals.stream().map(Goal::query).filter(Objects::nonNull).distinct().toList();
  }

  /// A least number of replicas at some time of the week.
  ///
  /// @param from included
  /// @param to excluded; not after `from` means: on the next day
  /// @param days on which it begins
  public record Schedule(
      Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone, int minReplicas) {
    public Schedule {
      days = Set.copyOf(days);
      check(minReplicas >= 0, "autoscaling.schedules.min_replicas", minReplicas, ">= 0");
    }
  }
}
