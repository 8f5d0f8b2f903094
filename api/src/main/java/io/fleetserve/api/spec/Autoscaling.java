package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;

/// Our own `autoscaling:` section, used instead of `target_qps_per_replica`.
///
/// @param target of the metric per replica, > 0
/// @param window averaging window, default 60 s
/// @param panicWindow short window that may raise the target at once, default 6 s
/// @param maxScaleUpRate largest factor of one decision, > 1; default 1000
public record Autoscaling(
    Metric metric, double target, Duration window, Duration panicWindow, double maxScaleUpRate) {

  public Autoscaling {
    check(target > 0, "autoscaling.target", target, "> 0");
    check(window.isPositive(), "autoscaling.window_seconds", window, "> 0");
    check(
        panicWindow.isPositive() && panicWindow.compareTo(window) <= 0,
        "autoscaling.panic_window_seconds",
        panicWindow,
        "> 0 and <= window_seconds");
    check(maxScaleUpRate > 1, "autoscaling.max_scale_up_rate", maxScaleUpRate, "> 1");
  }

  /// What is measured. The reader refuses the ones this version cannot follow.
  public enum Metric {
    QPS,
    CONCURRENCY,
    QUEUE_DELAY,
    TTFT,
    TOKENS,
    PROMETHEUS
  }
}
