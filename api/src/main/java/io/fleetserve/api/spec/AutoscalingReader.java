package io.fleetserve.api.spec;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.Autoscaling.Policy;
import io.fleetserve.api.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads `service.autoscaling`. Types and ranges were checked by the schema.
final class AutoscalingReader {
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration PANIC_WINDOW = Duration.ofSeconds(6);
  private static final double MAX_SCALE_UP_RATE = 1000;

  private AutoscalingReader() {}

  /// Empty when something in it is wrong, which is reported.
  static Optional<Autoscaling> read(Section section) {
    Policy policy = section.constant("policy", Policy.class).orElse(Policy.FORECAST);
    List<Goal> goals = goals(section, policy);
    Duration window = section.seconds("window_seconds").orElse(WINDOW);
    Duration shorter = window.compareTo(PANIC_WINDOW) < 0 ? window : PANIC_WINDOW;
    Duration panic = section.seconds("panic_window_seconds").orElse(shorter);
    if (panic.compareTo(window) > 0) {
      section.wrong("panic_window_seconds", " is above window_seconds (expected: at most that)");
      return Optional.empty();
    }
    double rate = section.number("max_scale_up_rate").orElse(MAX_SCALE_UP_RATE);
    double headroom = section.number("headroom").orElse(Autoscaling.DEFAULT_HEADROOM);
    List<Autoscaling.Schedule> schedules = ScheduleReader.read(section);
    if (!schedules.isEmpty() && policy != Policy.FORECAST) {
      section.wrongKey("schedules", "needs policy: forecast (remove one of them)");
    }
    return goals.isEmpty()
        ? Optional.empty()
        : Optional.of(new Autoscaling(policy, goals, window, panic, rate, headroom, schedules));
  }

  private static List<Goal> goals(Section section, Policy policy) {
    List<Goal> goals = new ArrayList<>();
    if (!section.has("metrics")) {
      if (!section.has("target")) {
        section.wrong("no target (expected: target, or metrics with a target each)");
      }
      goal(section, policy).ifPresent(goals::add);
      return goals;
    }
    for (String key : List.of("metric", "target")) {
      if (section.has(key)) {
        section.wrongKey(key, "given together with metrics (keep one of them)");
      }
    }
    List<YamlNode> items = section.items("metrics");
    for (int i = 0; i < items.size(); i++) {
      section
          .item("metrics", i, items.get(i))
          .flatMap(item -> goal(item, policy))
          .ifPresent(goals::add);
    }
    if (goals.size() > 1 && policy != Policy.FORECAST) {
      section.wrongKey("metrics", "several of them need policy: forecast (keep one)");
    }
    return goals;
  }

  private static Optional<Goal> goal(Section section, Policy policy) {
    Metric metric = section.constant("metric", Metric.class).orElse(Metric.CONCURRENCY);
    switch (metric) {
      case QPS, CONCURRENCY -> {}
      case QUEUE_DELAY, TTFT -> {
        if (policy != Policy.FORECAST) {
          section.wrong("metric", " needs policy: forecast (expected: concurrency, qps)");
        }
      }
      case TOKENS, PROMETHEUS ->
          section.wrong(
              "metric",
              " cannot be followed by this version"
                  + " (expected: concurrency, qps, queue_delay, ttft)");
    }
    if (section.has("quantile") && metric != Metric.TTFT) {
      section.wrongKey("quantile", "is for metric: ttft (remove it)");
    }
    double quantile = section.number("quantile").orElse(Autoscaling.DEFAULT_QUANTILE);
    return section.number("target").map(target -> new Goal(metric, target, quantile));
  }
}
