package io.fleetserve.api.spec;

import io.fleetserve.api.spec.SpotMix.Policy;
import java.util.List;

/// Reads `service.spot` and its rules with SkyServe's spot keys in `replica_policy`. Types and
/// ranges were checked by the schema.
final class SpotReader {
  /// SkyServe's keys that only its own policy obeys.
  static final List<String> SKYSERVE_KEYS =
      List.of("dynamic_ondemand_fallback", "base_ondemand_fallback_replicas", "spot_placer");

  private SpotReader() {}

  static SpotMix read(Section service) {
    Section spot = service.sectionOrEmpty("spot");
    Section replicas = service.sectionOrEmpty("replica_policy");
    List<String> used = SKYSERVE_KEYS.stream().filter(key -> isUsed(replicas, key)).toList();
    Policy usual = used.isEmpty() ? Policy.HEDGE : Policy.DYNAMIC_FALLBACK;
    Policy policy = spot.constant("policy", Policy.class).orElse(usual);
    if (policy != Policy.DYNAMIC_FALLBACK) {
      for (String key : used) {
        replicas.wrongKey(
            key,
            "is not for spot.policy: "
                + policy.yamlName()
                + " (expected: none, or spot.policy: dynamic_fallback)");
      }
    }
    if (policy != Policy.HEDGE && spot.has("availability_target")) {
      spot.wrongKey(
          "availability_target",
          "has no meaning for policy " + policy.yamlName() + " (expected: none, or policy: hedge)");
    }
    return new SpotMix(
        policy,
        spot.number("availability_target")
            .filter(target -> target > 0 && target < 1)
            .orElse(SpotMix.DEFAULT.availabilityTarget()),
        replicas.flag("dynamic_ondemand_fallback").orElse(false)
            || (service.has("spot") && policy != Policy.DYNAMIC_FALLBACK));
  }

  /// False for a key that says nothing: `false`, or 0.
  static boolean isUsed(Section replicas, String key) {
    boolean off = replicas.flag(key).filter(on -> !on).isPresent();
    boolean zero = replicas.integer(key).filter(count -> count == 0).isPresent();
    return replicas.has(key) && !off && !zero;
  }
}
