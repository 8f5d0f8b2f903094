package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.controller.spot.ZoneKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Spot capacity of several zones over time, one value per tick of 30 s.
final class SpotTrace {
  static final Duration TICK = Duration.ofSeconds(30);

  /// More than anybody asks for.
  static final int UNLIMITED = 1_000_000;

  private final String name;
  private final List<ZoneKey> zones;
  private final int[][] capacity;

  /// @param name of the set, for example `AWS2`
  /// @param capacity replicas that fit, by zone and tick; every zone as long as the others
  SpotTrace(String name, List<ZoneKey> zones, int[][] capacity) {
    this.name = name;
    this.zones = List.copyOf(zones);
    this.capacity = capacity;
    if (zones.isEmpty() || capacity.length != zones.size()) {
      throw new IllegalArgumentException(
          "capacity of %d zones for %d".formatted(capacity.length, zones.size()));
    }
    for (int[] zone : capacity) {
      if (zone.length != capacity[0].length) {
        throw new IllegalArgumentException(
            "%s: zones of %d and %d ticks".formatted(name, zone.length, capacity[0].length));
      }
    }
  }

  String name() {
    return name;
  }

  List<ZoneKey> zones() {
    return zones;
  }

  int capacity(int zone, int tick) {
    return capacity[zone][tick];
  }

  int ticks() {
    return capacity[0].length;
  }

  double days() {
    return ticks() * TICK.toSeconds() / 86_400.0;
  }

  /// The ticks from `from` until before `until`.
  SpotTrace part(String partName, int from, int until) {
    int[][] cut = new int[capacity.length][];
    for (int zone = 0; zone < cut.length; zone++) {
      cut[zone] = Arrays.copyOfRange(capacity[zone], from, until);
    }
    return new SpotTrace(partName, zones, cut);
  }

  /// Only these zones, by their index.
  SpotTrace only(String partName, List<Integer> chosen) {
    return new SpotTrace(
        partName,
        chosen.stream().map(zones::get).toList(),
        chosen.stream().map(zone -> capacity[zone]).toArray(int[][]::new));
  }

  /// The same with at most one replica a zone.
  SpotTrace oneReplicaPerZone(String otherName) {
    int[][] cut = new int[capacity.length][];
    for (int zone = 0; zone < cut.length; zone++) {
      cut[zone] = Arrays.stream(capacity[zone]).map(fits -> Math.min(1, fits)).toArray();
    }
    return new SpotTrace(otherName, zones, cut);
  }
}
