package io.fleetserve.api.spec;

import java.util.List;

/// Rules between spot keys of `service.replica_policy` and the candidates of `resources`.
final class SpotRules {
  private SpotRules() {}

  static void check(Section service, Section resources, List<Resources> candidates) {
    boolean allSpot = candidates.stream().allMatch(Resources::useSpot);
    boolean anySpot = candidates.stream().anyMatch(Resources::useSpot);
    if (anySpot && !allSpot) {
      resources.wrongKey(
          "use_spot", "true for some candidates only (expected: the same for all of them)");
    }
    Section policy = service.sectionOrEmpty("replica_policy");
    SpotReader.SKYSERVE_KEYS.stream()
        .filter(key -> SpotReader.isUsed(policy, key))
        .forEach(key -> checkFallback(policy, key, allSpot));
    if (service.has("spot") && !allSpot) {
      service.wrongKey("spot", "needs spot machines (add use_spot: true to resources)");
    }
    if (policy.has("spot_placer") && !identicalButPlace(candidates)) {
      policy.wrongKey(
          "spot_placer", "needs candidates that differ in place only (expected: the same machine)");
    }
  }

  private static void checkFallback(Section policy, String key, boolean allSpot) {
    if (!allSpot) {
      policy.wrongKey(key, "needs spot machines (add use_spot: true to resources)");
    } else if (!key.equals("spot_placer") && policy.section("target_qps_per_replica").isPresent()) {
      policy.wrongKey(
          key, "cannot be used with target_qps_per_replica by accelerator (expected: one number)");
    }
  }

  private static boolean identicalButPlace(List<Resources> candidates) {
    return candidates.stream().map(SpotRules::withoutPlace).distinct().count() <= 1;
  }

  private static Resources withoutPlace(Resources r) {
    return new Resources(
        null,
        r.accelerators(),
        r.cpus(),
        r.memoryGib(),
        r.instanceType(),
        r.useSpot(),
        r.imageId(),
        r.ports(),
        r.maxHourlyCost(),
        r.other());
  }
}
