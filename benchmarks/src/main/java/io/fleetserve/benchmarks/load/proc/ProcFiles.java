package io.fleetserve.benchmarks.load.proc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads `/proc` of this machine. Stateless; any thread.
public final class ProcFiles {
  private static final Path PROC = Path.of("/proc");

  private ProcFiles() {}

  /// Sample of the process and its descendants; those that end meanwhile are left out.
  public static ProcessCpu cpu(ProcessHandle process) {
    long stat = 0;
    Map<Long, Long> threads = new HashMap<>();
    for (ProcessHandle each : tree(process)) {
      Path folder = PROC.resolve(String.valueOf(each.pid()));
      try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
        stat += ProcText.cpuNanos(Files.readString(folder.resolve("stat")));
        for (Path task : tasks) {
          addThread(task, threads);
        }
      } catch (IOException ended) {
        // A process that ends between listing and reading uses no more time.
      }
    }
    return new ProcessCpu(stat, threads);
  }

  /// Resident memory of the process and its descendants in bytes; pages that several share count in
  /// each.
  public static long residentBytes(ProcessHandle process) {
    return sum(process, "status", "VmRSS:");
  }

  /// As [#residentBytes], but a page that n processes share counts 1/n in each.
  public static long proportionalBytes(ProcessHandle process) {
    return sum(process, "smaps_rollup", "Pss:");
  }

  public static ProcText.MachineTicks machine() {
    return ProcText.machine(lines(PROC.resolve("stat")).getFirst());
  }

  /// Load average over one minute.
  public static double load() {
    return Double.parseDouble(lines(PROC.resolve("loadavg")).getFirst().split(" ", -1)[0]);
  }

  private static void addThread(Path task, Map<Long, Long> threads) throws IOException {
    try {
      threads.put(
          Long.parseLong(task.getFileName().toString()),
          ProcText.schedNanos(Files.readString(task.resolve("schedstat"))));
    } catch (NoSuchFileException ended) {
      // Its time stays in the stat of the process.
    }
  }

  private static long sum(ProcessHandle process, String file, String key) {
    return tree(process).stream()
        .mapToLong(each -> ProcText.bytes(lines(PROC.resolve(each.pid() + "/" + file)), key))
        .sum();
  }

  private static List<ProcessHandle> tree(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
