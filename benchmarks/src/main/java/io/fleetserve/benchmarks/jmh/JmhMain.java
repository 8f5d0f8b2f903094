package io.fleetserve.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs the microbenchmarks, prints their figures and writes `benchmarks/results/jmh.json`.
///
/// Arguments: repository root, then any of JMH's own. Without those: one fork, three warm-up and
/// five measured rounds of 100 ms each.
public final class JmhMain {
  private JmhMain() {}

  public static void main(String[] args)
      throws RunnerException, CommandLineOptionException, IOException {
    Path results = Path.of(args[0], "benchmarks", "results");
    Files.createDirectories(results);
    String[] own = java.util.Arrays.copyOfRange(args, 1, args.length);
    CommandLineOptions given = new CommandLineOptions(own);
    OptionsBuilder options = new OptionsBuilder();
    options.parent(given);
    if (own.length == 0) {
      options
          .include("io\\.fleetserve\\.")
          .forks(1)
          .warmupIterations(3)
          .warmupTime(TimeValue.milliseconds(100))
          .measurementIterations(5)
          .measurementTime(TimeValue.milliseconds(100));
    }
    Path file = results.resolve("jmh.json");
    options.resultFormat(ResultFormatType.JSON).result(file.toString());
    new Runner(options.build()).run();
    // Where the JVM lies says something about this machine only.
    Files.writeString(file, Files.readString(file).replaceAll("(?m)^\\s*\"jvm\" : .*\\R", ""));
  }
}
