package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.MixPolicy.Inputs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Inputs of mix decisions in few words.
final class Mixes {
  static final Instant START = Instant.parse("2026-01-05T00:00:00Z");
  static final Duration COLD_START = Duration.ofMinutes(2);
  static final ZoneKey A = new ZoneKey("aws", "us-east-1", "us-east-1a");
  static final ZoneKey B = new ZoneKey("aws", "us-east-1", "us-east-1b");
  static final ZoneKey C = new ZoneKey("gcp", "us-west1", "us-west1-a");

  private Mixes() {}

  /// A zone at a price of 1 in which `launched` replicas are all ready.
  static ZoneView ready(ZoneKey key, int launched) {
    return new ZoneView(key, 1, 0, launched, launched, 0, 0, false, false);
  }

  static ZoneView lost(ZoneKey key, int lost) {
    return new ZoneView(key, 1, 0, 0, 0, lost, 0, false, false);
  }

  static ZoneView failed(ZoneKey key, int failed) {
    return new ZoneView(key, 1, 0, 0, 0, 0, failed, false, false);
  }

  static Inputs inputs(int wanted, int extra, MixMemory memory, Instant now, ZoneView... zones) {
    return new Inputs(wanted, extra, COLD_START, 3, List.of(zones), 0, 0, memory, now);
  }
}
