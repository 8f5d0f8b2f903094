package io.fleetserve.benchmarks.sim.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Compares autoscaling policies: `bin/bench sim load [--data FOLDER] [--cold-start S] [--start N]
/// [--seed N] [--only LOAD,...]`. Prints a table, and writes `benchmarks/results/autoscaling.json`
/// and charts to `docs/images`.
public final class LoadSimMain {
  private LoadSimMain() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    String data = option(args, "--data", root.resolve("../shared/data/load").toString());
    double coldStart = Double.parseDouble(option(args, "--cold-start", "180"));
    int start = Integer.parseInt(option(args, "--start", "0"));
    long seed = Long.parseLong(option(args, "--seed", "1"));
    List<String> only = Arrays.asList(option(args, "--only", "").split(",", -1));
    List<Experiment> experiments = new ArrayList<>();
    for (Workload load : Loads.all(Path.of(data), seed)) {
      if (only.contains("") || only.contains(load.name())) {
        Experiment experiment = Experiment.run(load, coldStart, start);
        System.out.println(Tables.of(experiment));
        experiments.add(experiment);
      }
    }
    System.out.println(Tables.aims(experiments));
    if (only.contains("")) {
      String name = start == 0 ? "autoscaling" : "autoscaling-start-" + start;
      Tables.json(experiments, root.resolve("benchmarks/results/" + name + ".json"));
      if (start == 0) {
        LoadCharts.write(experiments, root.resolve("docs/images"));
      }
    }
  }

  private static String option(String[] args, String name, String usual) {
    int at = Arrays.asList(args).indexOf(name);
    return at < 0 || at + 1 >= args.length ? usual : args[at + 1];
  }
}
