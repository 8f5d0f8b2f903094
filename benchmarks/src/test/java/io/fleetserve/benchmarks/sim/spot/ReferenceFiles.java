package io.fleetserve.benchmarks.sim.spot;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.fleetserve.controller.spot.ZoneKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Recorded capacity and published figures, which are not part of the project: tests that need them
/// are skipped where they are missing.
final class ReferenceFiles {
  private static final Path SHARED =
      Path.of(System.getProperty("fleetserve.shared", "../../shared")).toAbsolutePath().normalize();

  private ReferenceFiles() {}

  static SpotTrace trace(String set) throws IOException {
    Path folder = SHARED.resolve("data/spot").resolve(set);
    assumeThat(folder).as("recorded spot capacity, set -Dfleetserve.shared=FOLDER").exists();
    return new TraceFolder(folder, Map.of()).read();
  }

  static JsonNode figures() throws IOException {
    Path file = SHARED.resolve("reference/spot-reference.json");
    assumeThat(file).as("reference figures, set -Dfleetserve.shared=FOLDER").exists();
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  /// A trace of zones of `aws/r`, one string of digits each: replicas that fit, by tick.
  static SpotTrace drawn(String... zones) {
    int[][] capacity = new int[zones.length][];
    for (int zone = 0; zone < zones.length; zone++) {
      capacity[zone] = zones[zone].chars().map(digit -> digit - '0').toArray();
    }
    return new SpotTrace(
        "drawn",
        IntStream.range(0, zones.length)
            .mapToObj(zone -> new ZoneKey("aws", "r", "r" + (char) ('a' + zone)))
            .toList(),
        capacity);
  }
}
