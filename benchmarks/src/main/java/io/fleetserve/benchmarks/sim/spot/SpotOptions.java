package io.fleetserve.benchmarks.sim.spot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Options of [SpotMain].
///
/// @param root of the repository
/// @param traces folders of traces; `FOLDER:1` reads at most one replica per zone
/// @param setups what to run
/// @param seeds runs of policies that draw lots
/// @param charts draw them
record SpotOptions(
    Path root, List<SpotTrace> traces, List<Setup> setups, int seeds, boolean charts) {
  private static final String USAGE =
      """
      bin/bench sim spot [--data FOLDER] [--sets NAME,...] [--setup paper|3|4,...] [--seeds N]
          [--skip ZONE=POINTS]... [--no-charts]
      --data   holds one folder per set (default: shared/data/spot beside the repository)
      --sets   names of folders (default: all); NAME:1 reads one replica a zone
      --setup  paper: 3 replicas, 120 s, price ratio 3; 3 or 4: 4 replicas, 180 s, that ratio\
      """;

  SpotOptions {
    traces = List.copyOf(traces);
    setups = List.copyOf(setups);
  }

  Path images() {
    return root.resolve("docs/images");
  }

  /// @throws IllegalArgumentException with the usage
  static SpotOptions parse(List<String> args) throws IOException {
    Path root = Path.of(args.getFirst());
    Path data = root.toAbsolutePath().normalize().resolveSibling("shared/data/spot");
    List<String> sets = new ArrayList<>();
    List<String> setups = List.of("paper", "3", "4");
    List<String> skips = new ArrayList<>();
    int seeds = 3;
    boolean charts = true;
    for (int i = 1; i < args.size(); i++) {
      String option = args.get(i);
      if (option.equals("--no-charts")) {
        charts = false;
        continue;
      }
      if (i + 1 == args.size()) {
        throw new IllegalArgumentException(option + "\n" + USAGE);
      }
      String value = args.get(++i);
      switch (option) {
        case "--data" -> data = Path.of(value);
        case "--sets" -> sets.addAll(List.of(value.split(",")));
        case "--setup" -> setups = List.of(value.split(","));
        case "--seeds" -> seeds = number(option, value);
        case "--skip" -> skips.add(value);
        default -> throw new IllegalArgumentException(option + "\n" + USAGE);
      }
    }
    if (!Files.isDirectory(data)) {
      throw new IllegalArgumentException(
          data + ": no such folder; --data names one with a folder of traces per set");
    }
    return new SpotOptions(
        root,
        read(data, sets.isEmpty() ? all(data) : sets, skips),
        setups.stream().map(SpotOptions::setup).toList(),
        seeds,
        charts);
  }

  private static int number(String option, String value) {
    if (!value.matches("[1-9]\\d{0,3}")) {
      throw new IllegalArgumentException(option + " " + value + " (expected: 1 to 9999)");
    }
    return Integer.parseInt(value);
  }

  private static Setup setup(String name) {
    return switch (name) {
      case "paper" -> Setup.paper(1);
      case "3" -> Setup.wide(1, 3);
      case "4" -> Setup.wide(1, 4);
      default -> throw new IllegalArgumentException("--setup " + name + "\n" + USAGE);
    };
  }

  private static List<String> all(Path data) throws IOException {
    try (var folders = Files.list(data)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static List<SpotTrace> read(Path data, List<String> sets, List<String> skips) {
    return sets.stream()
        .map(set -> {
          try {
            boolean single = set.endsWith(":1");
            String folder = single ? set.substring(0, set.length() - 2) : set;
            SpotTrace trace =
                new TraceFolder(data.resolve(folder), TraceFolder.skips(skips)).read();
            return single ? trace.oneReplicaPerZone(folder + "cap1") : trace;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .toList();
  }
}
