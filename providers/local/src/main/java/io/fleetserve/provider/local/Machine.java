package io.fleetserve.provider.local;

import io.fleetserve.provider.MachineFit;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// This machine. Stateless.
final class Machine {
  private static final Path NVIDIA = Path.of("/proc/driver/nvidia/gpus");

  private Machine() {}

  /// What it has: logical processors as far as this process may use them, physical memory or the
  /// control group's limit when that is lower, accelerators as the driver names them.
  static MachineFit read() {
    return new MachineFit(Runtime.getRuntime().availableProcessors(), memory(), nvidia(NVIDIA));
  }

  private static long memory() {
    var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return system instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 0;
  }

  /// Reads the driver's own listing, `<bus id>/information` with a line `Model: ...`.
  static Map<String, Integer> nvidia(Path listing) {
    Map<String, Integer> found = new TreeMap<>();
    if (!Files.isDirectory(listing)) {
      return found;
    }
    try (DirectoryStream<Path> gpus = Files.newDirectoryStream(listing)) {
      for (Path gpu : gpus) {
        for (String line : Files.readAllLines(gpu.resolve("information"))) {
          if (line.startsWith("Model:")) {
            found.merge(line.substring("Model:".length()).strip(), 1, Integer::sum);
          }
        }
      }
    } catch (IOException unreadable) {
      return found;
    }
    return found;
  }
}
