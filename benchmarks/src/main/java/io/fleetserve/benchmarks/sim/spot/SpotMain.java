package io.fleetserve.benchmarks.sim.spot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Runs every mix policy on sets of recorded spot capacity, prints a table and the aims, writes one
/// `benchmarks/results/spot-SET.json` per set, and charts in `docs/images`.
///
/// Arguments: repository root, then the options of [SpotOptions].
public final class SpotMain {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private SpotMain() {}

  public static void main(String[] args) throws IOException {
    SpotOptions options;
    try {
      options = SpotOptions.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    for (SpotTrace trace : options.traces()) {
      run(trace, options);
    }
  }

  private static void run(SpotTrace trace, SpotOptions options) throws IOException {
    Map<String, Object> results = new LinkedHashMap<>();
    List<Aims.Aim> aims = new ArrayList<>();
    for (Setup setup : options.setups()) {
      String name = trace.name() + ", " + setup.label();
      Map<String, SpotRun> runs = new Contest(trace, setup, options.seeds()).run();
      double bound = new SlotBound(trace, setup).cost();
      System.out.printf(
          Locale.ROOT, "%n%s (%.1f days); bound 100@%.1f%n", name, trace.days(), 100 * bound);
      runs.forEach(SpotMain::print);
      aims.addAll(Aims.of(name, runs, bound));
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bound", bound);
      result.put("runs", runs);
      results.put(name, result);
      if (options.charts()) {
        new SpotCharts(options.images()).curves(name, runs, bound);
      }
    }
    if (options.charts()) {
      new SpotCharts(options.images()).timeline(trace, options.setups().getFirst());
    }
    System.out.println();
    aims.forEach(System.out::println);
    results.put("aims", aims);
    String file = "spot-" + trace.name().toLowerCase(Locale.ROOT) + ".json";
    Path written = options.root().resolve("benchmarks/results").resolve(file);
    Files.writeString(written, JSON.writeValueAsString(results) + "\n");
    System.out.println("written: " + written);
  }

  private static void print(String policy, SpotRun run) {
    System.out.printf(
        Locale.ROOT,
        "  %-22s %7.3f @ %6.2f  spot %5.2f  on demand %5.2f  lost/day %6.1f  refused/day %7.0f"
            + "  longest outage %4.1f min%n",
        policy,
        100 * run.availability(),
        100 * run.cost(),
        run.meanSpot(),
        run.meanOnDemand(),
        run.losses(),
        run.failedLaunches(),
        run.longestOutageTicks() / 2.0);
  }
}
