package io.fleetserve.benchmarks.sim.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Compares autoscaling policies: `bin/bench sim load [--data FOLDER] [--cold-start S] [--start N]
/// [--seed N] [--only LOAD,...] [--unseen SEED,...]`. Prints tables, and writes
/// `benchmarks/results/autoscaling.json` and charts to `docs/images`. With `--unseen`: on loads
/// that no constant was chosen on, averages over these seeds.
public final class LoadSimMain {
  private LoadSimMain() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    Path data = Path.of(option(args, "--data", root.resolve("../shared/data/load").toString()));
    double coldStart = Double.parseDouble(option(args, "--cold-start", "180"));
    int start = Integer.parseInt(option(args, "--start", "0"));
    List<String> only = Arrays.asList(option(args, "--only", "").split(",", -1));
    String unseen = option(args, "--unseen", "");
    String seeds = unseen.isEmpty() ? option(args, "--seed", "1") : unseen;
    Map<String, List<Experiment>> byLoad = new LinkedHashMap<>();
    for (String text : seeds.split(",", -1)) {
      long seed = Long.parseLong(text);
      List<Workload> loads = unseen.isEmpty() ? Loads.all(data, seed) : Loads.unseen(data, seed);
      for (Workload load : loads) {
        if (only.contains("") || only.contains(load.name())) {
          byLoad
              .computeIfAbsent(load.name(), name -> new ArrayList<>())
              .add(Experiment.run(load, coldStart, start));
        }
      }
    }
    List<Experiment> experiments = byLoad.values().stream().map(Experiment::mean).toList();
    experiments.forEach(one -> System.out.println(Tables.of(one)));
    System.out.println(Tables.aims(experiments));
    if (only.contains("")) {
      String name =
          "autoscaling"
              + (unseen.isEmpty() ? "" : "-unseen")
              + (start == 0 ? "" : "-start-" + start);
      Tables.json(experiments, root.resolve("benchmarks/results/" + name + ".json"));
      if (start == 0) {
        LoadCharts.write(experiments, root.resolve("docs/images"), name);
      }
    }
  }

  private static String option(String[] args, String name, String usual) {
    int at = Arrays.asList(args).indexOf(name);
    return at < 0 || at + 1 >= args.length ? usual : args[at + 1];
  }
}
