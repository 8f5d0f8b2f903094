package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.unit.Checks.check;

import io.fleetserve.controller.spot.ZoneKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How many replicas of a service should be where, as its mix policy decided last.
///
/// @param spot spot replicas by zone, each > 0; a zone that is not named gets none. Those the
///   provider has announced to take back are not among them
/// @param onDemand replicas on machines that stay, >= 0
/// @param wanted ready replicas that no drain of ours goes below, >= 0
/// @param reason the policy's sentence
public record MixTarget(Map<ZoneKey, Integer> spot, int onDemand, int wanted, String reason) {
  public MixTarget {
    spot = Map.copyOf(spot);
    spot.forEach((zone, count) -> check(count > 0, zone.toString(), count, "> 0"));
    check(onDemand >= 0, "onDemand", onDemand, ">= 0");
    check(wanted >= 0, "wanted", wanted, ">= 0");
  }

  /// All replicas, in both markets.
  public int total() {
    return onDemand + spot.values().stream().mapToInt(Integer::intValue).sum();
  }

  /// For example `2 spot in aws/us-east-1/us-east-1a, 1 on demand`.
  public String counts() {
    List<String> parts = new ArrayList<>();
    new TreeMap<>(spot).forEach((zone, count) -> parts.add(count + " spot in " + zone));
    if (onDemand > 0 || parts.isEmpty()) {
      parts.add(onDemand + " on demand");
    }
    return String.join(", ", parts);
  }
}
