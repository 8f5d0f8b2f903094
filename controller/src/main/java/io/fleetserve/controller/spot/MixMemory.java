package io.fleetserve.controller.spot;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The memory of a mix policy between decisions; survives a restart as JSON.
///
/// What is known of zones is kept when the policy changes; `credit` is not.
///
/// @param policy name of the policy that wrote it; "" before the first decision
/// @param seed state of the random choices of a policy that makes any
/// @param startedAtMillis epoch milliseconds of the first decision; 0 before
/// @param atMillis epoch milliseconds of the last decision; 0 before
/// @param credit time of shortage that `hedge` may still spend, in cold starts; below 0 after too
///   much of it
/// @param zones known zones, each once; a zone that is not offered now is kept
public record MixMemory(
    String policy,
    long seed,
    long startedAtMillis,
    long atMillis,
    double credit,
    List<ZoneMemory> zones) {
  /// Before the first decision.
  public static final MixMemory NONE = new MixMemory("", 0, 0, 0, 0, List.of());

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public MixMemory {
    zones = List.copyOf(zones);
  }

  /// [#NONE] with another seed, for runs that differ by chance alone.
  public static MixMemory seeded(long seed) {
    return new MixMemory("", seed, 0, 0, 0, List.of());
  }

  /// What is known of `zone`, never null.
  public ZoneMemory of(ZoneKey zone) {
    for (ZoneMemory known : zones) {
      if (known.zone().equals(zone)) {
        return known;
      }
    }
    return ZoneMemory.unknown(zone);
  }

  MixMemory withZones(List<ZoneMemory> others) {
    return new MixMemory(policy, seed, startedAtMillis, atMillis, credit, others);
  }

  MixMemory withCredit(double other) {
    return new MixMemory(policy, seed, startedAtMillis, atMillis, other, zones);
  }

  MixMemory withSeed(long other) {
    return new MixMemory(policy, other, startedAtMillis, atMillis, credit, zones);
  }

  public String toJson() {
    return JSON.writeValueAsString(this);
  }

  /// Reads [#toJson]. Empty text, or text this version cannot read, is [#NONE]: memory makes
  /// decisions better, it is never needed to make one.
  public static MixMemory ofJson(String json) {
    if (json.isBlank()) {
      return NONE;
    }
    try {
      return JSON.readValue(json, MixMemory.class);
    } catch (JacksonException ignoredUnreadable) {
      return NONE;
    }
  }
}
