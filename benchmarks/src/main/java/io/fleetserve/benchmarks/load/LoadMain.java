package io.fleetserve.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Runs the comparison, prints its figures, writes `benchmarks/results/load.json` and the charts in
/// `docs/images`.
///
/// Arguments: repository root, then the options of [LoadOptions].
public final class LoadMain {
  private LoadMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = System.out;
    LoadOptions options;
    try {
      options = LoadOptions.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Path folder = Files.createTempDirectory("fleetserve-load");
    Report report = new LoadSession(options, folder, out).run();
    out.println();
    report.comparisons().forEach(out::println);
    report.warnings().stream().distinct().forEach(warning -> out.println("warning: " + warning));
    Path results = report.write(options.root().resolve("benchmarks/results/load.json"));
    new Charts(report).write(options.root().resolve("docs/images"));
    out.println("written: " + results);
    if (report.warnings().stream().noneMatch(warning -> warning.contains("not measured"))) {
      delete(folder); // else the logs of the subjects tell why
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
