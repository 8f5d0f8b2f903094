package io.fleetserve.benchmarks.sim.spot;

import io.fleetserve.controller.spot.ZoneKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a folder with one file per zone, `us-east-1f_v100_1.json` for example: `{"metadata":
/// {"gap_seconds": 300}, "data": [replicas, ...]}`.
///
/// Zones are in the order of the file names. Tick i takes point floor(30 i / gap). A set that holds
/// only 0 and 1 was probed with one machine: 1 is read as unlimited, as in the SkyServe paper.
///
/// Files that end a little later than others are cut to the shortest. Where lengths differ more,
/// the files are likely to start at different times, and cutting them would compare different
/// hours: such a set is refused until `skips` says how many points to leave out at the start of
/// which zone.
final class TraceFolder {
  private static final double LONGEST_TAIL = 1.05;

  private final Path folder;
  private final Map<String, Integer> skips;

  /// @param skips points to leave out at the start, by zone name
  TraceFolder(Path folder, Map<String, Integer> skips) {
    this.folder = folder;
    this.skips = Map.copyOf(skips);
  }

  /// @throws IllegalArgumentException where the files do not fit together
  SpotTrace read() throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    List<ZoneKey> zones = new ArrayList<>();
    List<int[]> points = new ArrayList<>();
    int gap = 0;
    for (Path file : files) {
      JsonNode root = JsonMapper.shared().readTree(Files.readString(file));
      int gapHere = root.path("metadata").path("gap_seconds").asInt(0);
      if (gapHere <= 0 || (gap != 0 && gapHere != gap)) {
        throw new IllegalArgumentException(file + ": gap_seconds: " + gapHere + " beside " + gap);
      }
      gap = gapHere;
      ZoneKey zone = zone(file.getFileName().toString(), zones);
      zones.add(zone);
      int[] all =
          root.path("data").valueStream().mapToInt(point -> Math.max(0, point.asInt())).toArray();
      points.add(Arrays.copyOfRange(all, skips.getOrDefault(zone.zone(), 0), all.length));
    }
    if (points.isEmpty()) {
      throw new IllegalArgumentException(folder + ": no *.json");
    }
    return new SpotTrace(folder.getFileName().toString(), zones, resampled(zones, points, gap));
  }

  private int[][] resampled(List<ZoneKey> zones, List<int[]> points, int gap) {
    int length = points.stream().mapToInt(zone -> zone.length).min().orElse(0);
    for (int i = 0; i < points.size(); i++) {
      if (points.get(i).length > length * LONGEST_TAIL) {
        throw new IllegalArgumentException(
            "%s: %s has %d points, another zone %d: say where it starts, for example --skip %s=%d"
                .formatted(
                    folder,
                    zones.get(i).zone(),
                    points.get(i).length,
                    length,
                    zones.get(i).zone(),
                    points.get(i).length - length));
      }
    }
    int most = points.stream().flatMapToInt(Arrays::stream).max().orElse(0);
    int tick = (int) SpotTrace.TICK.toSeconds();
    int ticks = (int) ((long) length * gap / tick);
    int[][] capacity = new int[points.size()][ticks];
    for (int zone = 0; zone < capacity.length; zone++) {
      for (int i = 0; i < ticks; i++) {
        int fits = points.get(zone)[(int) ((long) i * tick / gap)];
        capacity[zone][i] = most > 1 ? fits : fits * SpotTrace.UNLIMITED;
      }
    }
    return capacity;
  }

  /// `us-east-1f_v100_1.json` is zone `us-east-1f` of region `us-east-1` of AWS; `us-west1-b_...`
  /// is of region `us-west1` of Google. Two files of one zone get different names.
  private static ZoneKey zone(String file, List<ZoneKey> known) {
    String name = file.replaceFirst("\\.json$", "").replaceFirst("_.*$", "");
    String region = name.replaceFirst("-?[a-z]$", "");
    String provider = name.matches(".*\\d-[a-z]") ? "gcp" : "aws";
    ZoneKey zone = new ZoneKey(provider, region, name);
    return known.contains(zone)
        ? new ZoneKey(provider, region, file.replaceFirst("\\.json$", ""))
        : zone;
  }

  /// Reads `zone=points` pairs.
  static Map<String, Integer> skips(List<String> pairs) {
    Map<String, Integer> skips = new HashMap<>();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals < 1 || !pair.substring(equals + 1).matches("\\d{1,9}")) {
        throw new IllegalArgumentException("--skip " + pair + " (expected: ZONE=POINTS)");
      }
      skips.put(pair.substring(0, equals), Integer.parseInt(pair.substring(equals + 1)));
    }
    return skips;
  }
}
