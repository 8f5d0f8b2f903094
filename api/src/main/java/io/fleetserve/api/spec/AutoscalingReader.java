package io.fleetserve.api.spec;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.Autoscaling.Policy;
import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.api.yaml.YamlNode;
import java.net.URI;
import java.net.URISyntaxException;
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
      goal(section, policy).ifPresent(goals::add);
      return goals;
    }
    for (String key : List.of("metric", "target", "prometheus")) {
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
    if (section.has("prometheus")) {
      return queried(section, policy);
    }
    Metric metric = section.constant("metric", Metric.class).orElse(Metric.CONCURRENCY);
    switch (metric) {
      case QPS, CONCURRENCY -> {}
      case QUEUE_DELAY, TTFT, TOKENS -> {
        if (policy != Policy.FORECAST) {
          section.wrong("metric", " needs policy: forecast (expected: concurrency, qps)");
        }
      }
      case PROMETHEUS -> {
        section.wrong("metric", " needs its query (add prometheus: {url, query, target})");
        return Optional.empty();
      }
    }
    if (section.has("quantile") && metric != Metric.TTFT) {
      section.wrongKey("quantile", "is for metric: ttft (remove it)");
    }
    if (!section.has("target")) {
      section.wrong("no target (expected: target, metrics with a target each, or prometheus)");
    }
    double quantile = section.number("quantile").orElse(Autoscaling.DEFAULT_QUANTILE);
    return section.number("target").map(target -> new Goal(metric, target, quantile, null));
  }

  private static Optional<Goal> queried(Section section, Policy policy) {
    if (policy != Policy.FORECAST) {
      section.wrongKey("prometheus", "needs policy: forecast (remove one of them)");
    }
    for (String key : List.of("target", "quantile")) {
      if (section.has(key)) {
        section.wrongKey(key, "given together with prometheus (remove it)");
      }
    }
    Optional<Metric> named = section.constant("metric", Metric.class);
    if (named.isPresent() && named.get() != Metric.PROMETHEUS) {
      section.wrongKey("metric", "given together with prometheus (remove it)");
    }
    return section.section("prometheus").flatMap(AutoscalingReader::query);
  }

  private static Optional<Goal> query(Section section) {
    Optional<String> url = section.text("url");
    Optional<String> expression = section.text("query");
    Optional<Double> target = section.number("target");
    if (url.isEmpty() || expression.isEmpty() || target.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI server = new URI(url.get());
      if (server.getHost() == null) {
        section.wrong("url", " names no host (expected: as http://host:9090)");
        return Optional.empty();
      }
      return Optional.of(Goal.of(new Query(server, expression.get()), target.get()));
    } catch (URISyntaxException ignored) {
      section.wrong("url", " is no URL (expected: as http://host:9090)");
      return Optional.empty();
    }
  }
}
