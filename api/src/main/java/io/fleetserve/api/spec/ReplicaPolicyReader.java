package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.yaml.YamlNode.Entry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads `replicas` or `replica_policy`.
final class ReplicaPolicyReader {
  private final Section service;
  private final boolean autoscaling;

  private ReplicaPolicyReader(Section service) {
    this.service = service;
    this.autoscaling = service.has("autoscaling");
  }

  static ReplicaPolicy read(Section service) {
    return new ReplicaPolicyReader(service).read();
  }

  private ReplicaPolicy read() {
    if (service.has("replicas") && service.has("replica_policy")) {
      service.wrongKey("replicas", "given together with replica_policy (keep one of them)");
      return ReplicaPolicy.fixed(1);
    }
    return service
        .section("replica_policy")
        .map(this::policy)
        .orElseGet(() -> ReplicaPolicy.fixed(service.integer("replicas").orElse(1)));
  }

  private ReplicaPolicy policy(Section policy) {
    int min = policy.integer("min_replicas").orElse(0);
    int max = max(policy, min);
    TargetQps qps = targetQps(policy).orElse(null);
    checkScaling(policy, min, max);
    int base = policy.integer("base_ondemand_fallback_replicas").orElse(0);
    if (base > max) {
      policy.wrong("base_ondemand_fallback_replicas", " (expected: <= max_replicas, " + max + ")");
    }
    return new ReplicaPolicy(
        min,
        max,
        policy.integer("num_overprovision").orElse(0),
        qps,
        policy.integer("queue_length_threshold").orElse(null),
        policy
            .seconds("upscale_delay_seconds")
            .orElse(autoscaling ? Duration.ZERO : ReplicaPolicy.DEFAULT_UPSCALE_DELAY),
        policy
            .seconds("downscale_delay_seconds")
            .orElse(
                autoscaling
                    ? Autoscaling.DEFAULT_DOWNSCALE_DELAY
                    : ReplicaPolicy.DEFAULT_DOWNSCALE_DELAY),
        policy.flag("dynamic_ondemand_fallback").orElse(false),
        base,
        policy.text("spot_placer").orElse(null));
  }

  /// One rule says when to scale, and there is room for it.
  private void checkScaling(Section policy, int min, int max) {
    List<String> rules =
        Stream.of("target_qps_per_replica", "queue_length_threshold").filter(policy::has).toList();
    for (String rule : rules) {
      if (!policy.has("max_replicas")) {
        policy.wrongKey(rule, "needs max_replicas beside it");
      }
      if (autoscaling) {
        policy.wrongKey(rule, "given together with service.autoscaling (keep one of them)");
      }
    }
    if (rules.size() > 1) {
      policy.wrongKey(
          rules.getLast(), "given together with " + rules.getFirst() + " (keep one of them)");
    }
    if (rules.isEmpty() && max > min && !autoscaling) {
      policy.wrong(
          "max_replicas",
          " differs from min_replicas, but nothing says when to scale (add target_qps_per_replica,"
              + " or service.autoscaling)");
    }
  }

  private static int max(Section policy, int min) {
    int max = policy.integer("max_replicas").orElse(min);
    boolean sleeps = policy.integer("min_replicas").isPresent() && min == 0;
    if (sleeps && !policy.has("max_replicas")) {
      policy.wrong(
          "min_replicas", " without max_replicas means no replica ever (add max_replicas)");
    }
    if (max >= min) {
      return max;
    }
    policy.wrong("max_replicas", " (expected: >= min_replicas, " + min + ")");
    return min;
  }

  private static Optional<TargetQps> targetQps(Section policy) {
    Optional<Double> uniform = policy.number("target_qps_per_replica");
    if (uniform.isPresent()) {
      return uniform.map(TargetQps.Uniform::new);
    }
    return policy.section("target_qps_per_replica").flatMap(ReplicaPolicyReader::byAccelerator);
  }

  private static Optional<TargetQps> byAccelerator(Section section) {
    Map<String, Double> targets = new LinkedHashMap<>();
    for (Entry entry : section.mapping().entries()) {
      if (!Accelerators.isName(entry.key())) {
        section.wrongKey(entry.key(), "not an accelerator (expected: NAME or NAME:count)");
      }
      section.number(entry.key()).ifPresent(target -> targets.put(entry.key(), target));
    }
    if (section.mapping().entries().isEmpty()) {
      section.wrong("an empty mapping (expected: a number, or accelerators with a number each)");
    }
    return targets.isEmpty() ? Optional.empty() : Optional.of(new TargetQps.ByAccelerator(targets));
  }
}
