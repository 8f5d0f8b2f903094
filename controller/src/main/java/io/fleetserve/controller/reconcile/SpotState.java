package io.fleetserve.controller.reconcile;

import io.fleetserve.controller.spot.MixMemory;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.ZoneCount;
import io.fleetserve.controller.spot.ZoneKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What a service remembers of its mix: the policy's memory and its last decision. Survives a
/// restart as JSON.
///
/// @param spot decided, zones with replicas only
/// @param wanted ready replicas the decision was made for
public record SpotState(
    MixMemory memory, List<ZoneCount> spot, int onDemand, int wanted, String reason) {
  /// Before the first decision.
  public static final SpotState NONE = new SpotState(MixMemory.NONE, List.of(), 0, 0, "");

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public SpotState {
    spot = List.copyOf(spot);
  }

  /// After a decision.
  ///
  /// @param onDemandOffered false drops the on-demand replicas: nobody has any that fit
  /// @param leaving replicas by zone that the policy has counted although their provider takes them
  ///   back
  public static SpotState of(
      MixPolicy.Decision decision,
      int wanted,
      boolean onDemandOffered,
      Map<ZoneKey, Integer> leaving) {
    boolean dropped = decision.onDemand() > 0 && !onDemandOffered;
    return new SpotState(
        decision.next(),
        decision.spot().stream()
            .map(count ->
                new ZoneCount(
                    count.zone(),
                    Math.max(0, count.replicas() - leaving.getOrDefault(count.zone(), 0))))
            .filter(count -> count.replicas() > 0)
            .toList(),
        dropped ? 0 : decision.onDemand(),
        wanted,
        decision.reason() + (dropped ? "; nothing fits on demand" : ""));
  }

  /// The decision; empty before the first.
  public Optional<MixTarget> target() {
    if (reason.isEmpty()) {
      return Optional.empty();
    }
    Map<ZoneKey, Integer> counts = new TreeMap<>();
    spot.forEach(count -> counts.put(count.zone(), count.replicas()));
    return Optional.of(new MixTarget(counts, onDemand, wanted, reason));
  }

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /// Reads [#toJson]; text that cannot be read is [#NONE].
  public static SpotState ofJson(String json) {
    if (json.isBlank()) {
      return NONE;
    }
    try {
      return JSON.readValue(json, SpotState.class);
    } catch (JacksonException ignoredUnreadable) {
      return NONE;
    }
  }
}
