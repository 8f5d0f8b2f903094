package io.fleetserve.cli.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Whether the process that once had a pid still has it. Reads `/proc`: an exited process nobody
/// has waited for (a zombie) still takes signals, and a pid may belong to another process by now.
final class LiveProcess {
  /// The start time is the kernel's clock added to the boot time, and the latter is adjusted.
  private static final long TOLERANCE_MILLIS = 2_000;

  private LiveProcess() {}

  static boolean is(long pid, long startMillis) {
    if (pid <= 0 || isZombie(pid)) {
      return false;
    }
    Optional<Instant> start =
        ProcessHandle.of(pid).flatMap(process -> process.info().startInstant());
    return start.isPresent()
        && Math.abs(start.get().toEpochMilli() - startMillis) <= TOLERANCE_MILLIS;
  }

  private static boolean isZombie(long pid) {
    try {
      String stat =
          new String(
              Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1);
      int state = stat.lastIndexOf(')') + 2;
      return state < stat.length() && (stat.charAt(state) == 'Z' || stat.charAt(state) == 'X');
    } catch (IOException ended) {
      return true;
    }
  }
}
