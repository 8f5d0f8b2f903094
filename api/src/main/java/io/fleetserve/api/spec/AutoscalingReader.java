package io.fleetserve.api.spec;

import io.fleetserve.api.spec.Autoscaling.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Reads `service.autoscaling`.
final class AutoscalingReader {
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration PANIC_WINDOW = Duration.ofSeconds(6);
  private static final double MAX_SCALE_UP_RATE = 1000;

  private AutoscalingReader() {}

  /// Empty when something in it is wrong, which is reported.
  static Optional<Autoscaling> read(Section section) {
    Metric metric = section.constant("metric", Metric.class).orElse(Metric.CONCURRENCY);
    switch (metric) {
      case QPS, CONCURRENCY, QUEUE_DELAY, TTFT -> {}
      case TOKENS, PROMETHEUS ->
          section.wrong(
              "metric",
              " cannot be followed by this version"
                  + " (expected: concurrency, qps, queue_delay, ttft)");
    }
    Duration window = section.seconds("window_seconds").orElse(WINDOW);
    Duration shorter = window.compareTo(PANIC_WINDOW) < 0 ? window : PANIC_WINDOW;
    Duration panic = section.seconds("panic_window_seconds").orElse(shorter);
    if (panic.compareTo(window) > 0) {
      section.wrong("panic_window_seconds", " is above window_seconds (expected: at most that)");
      return Optional.empty();
    }
    double rate = section.number("max_scale_up_rate").orElse(MAX_SCALE_UP_RATE);
    return section
        .number("target")
        .map(target ->
            new Autoscaling(
                section
                    .constant("policy", Autoscaling.Policy.class)
                    .orElse(Autoscaling.Policy.FORECAST),
                List.of(Autoscaling.Goal.of(metric, target)),
                window,
                panic,
                rate,
                section.number("headroom").orElse(Autoscaling.DEFAULT_HEADROOM),
                List.of()));
  }
}
