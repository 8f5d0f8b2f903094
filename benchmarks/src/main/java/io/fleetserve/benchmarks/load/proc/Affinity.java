package io.fleetserve.benchmarks.load.proc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Binds running processes to processors with `taskset`.
public final class Affinity {
  private Affinity() {}

  /// Binds all threads of the process and its descendants.
  ///
  /// @param processors in taskset's list form, for example `0` or `0-1`
  public static void bind(ProcessHandle process, String processors)
      throws IOException, InterruptedException {
    for (ProcessHandle each : Stream.concat(Stream.of(process), process.descendants()).toList()) {
      List<String> command =
          new ArrayList<>(
              List.of("taskset", "-a", "-c", "-p", processors, String.valueOf(each.pid())));
      Process taskset =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (taskset.waitFor() != 0 && each.isAlive()) {
        throw new IllegalStateException("taskset failed for process " + each.pid());
      }
    }
  }
}
