package io.fleetserve.benchmarks.load;

import java.nio.file.Path;
import java.util.List;

/// What `bin/bench load` was asked for.
///
/// @param rounds measurements of each workload and subject, 1-50
/// @param seconds counted in each, 1-50
/// @param warmSeconds load on each subject before the first round of a workload, 0-50
/// @param only names of parts; empty means all
/// @param subjects names; empty means all
/// @param jvm more flags for the load balancer's JVM
record LoadOptions(
    Path root,
    int rounds,
    int seconds,
    int warmSeconds,
    List<String> only,
    List<String> subjects,
    String jvm) {
  /// In the order in which they run: `latency` needs what `small` finds.
  static final List<String> PARTS =
      List.of("small", "latency", "events", "bodies", "tls", "idle", "loops", "start");

  LoadOptions {
    only = List.copyOf(only);
    subjects = List.copyOf(subjects);
    check("--rounds", rounds, 1);
    check("--seconds", seconds, 1);
    check("--warm", warmSeconds, 0);
    for (String part : only) {
      if (!PARTS.contains(part)) {
        throw new IllegalArgumentException(
            "--only: " + part + " (expected: some of " + String.join(",", PARTS) + ")");
      }
    }
  }

  /// @param arguments root folder, then options
  static LoadOptions parse(List<String> arguments) {
    LoadOptions options =
        new LoadOptions(
            Path.of(arguments.getFirst()).toAbsolutePath().normalize(),
            5,
            4,
            5,
            List.of(),
            List.of(),
            "");
    for (int i = 1; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(name + ": value missing");
      }
      options = options.with(name, arguments.get(i + 1));
    }
    return options;
  }

  boolean wants(String part) {
    return only.isEmpty() || only.contains(part);
  }

  private LoadOptions with(String name, String value) {
    return switch (name) {
      case "--rounds" -> copy(number(name, value), seconds, warmSeconds, only, subjects, jvm);
      case "--seconds" -> copy(rounds, number(name, value), warmSeconds, only, subjects, jvm);
      case "--warm" -> copy(rounds, seconds, number(name, value), only, subjects, jvm);
      case "--only" -> copy(rounds, seconds, warmSeconds, list(value), subjects, jvm);
      case "--subjects" -> copy(rounds, seconds, warmSeconds, only, list(value), jvm);
      case "--jvm" -> copy(rounds, seconds, warmSeconds, only, subjects, value);
      default ->
          throw new IllegalArgumentException(
              name + " (expected: --rounds, --seconds, --warm, --only, --subjects or --jvm)");
    };
  }

  private LoadOptions copy(
      int newRounds,
      int newSeconds,
      int newWarm,
      List<String> newOnly,
      List<String> newSubjects,
      String newJvm) {
    return new LoadOptions(root, newRounds, newSeconds, newWarm, newOnly, newSubjects, newJvm);
  }

  private static List<String> list(String value) {
    return List.of(value.split(",", -1));
  }

  private static int number(String name, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: a whole number)", e);
    }
  }

  private static void check(String name, int value, int least) {
    if (value < least || value > 50) {
      throw new IllegalArgumentException("%s: %d (expected: %d-50)".formatted(name, value, least));
    }
  }
}
