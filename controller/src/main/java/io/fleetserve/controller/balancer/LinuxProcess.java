package io.fleetserve.controller.balancer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// What `/proc` tells about a process. A zombie counts as dead; a process that got the number of an
/// older one is told apart by its start time or command line. Stateless.
final class LinuxProcess {
  /// The kernel counts a start in hundredths of a second since boot, which two readers turn into
  /// slightly different times of day.
  private static final long START_SLACK_MILLIS = 5_000;

  private LinuxProcess() {}

  /// True when `pid` runs and began at `startMillis` (epoch).
  static boolean isAlive(long pid, long startMillis) {
    return isAlive(pid)
        && ProcessHandle.of(pid)
            .flatMap(handle -> handle.info().startInstant())
            .map(Instant::toEpochMilli)
            .filter(start -> Math.abs(start - startMillis) <= START_SLACK_MILLIS)
            .isPresent();
  }

  /// True when `pid` runs and its command line holds `part`.
  static boolean isAlive(long pid, String part) {
    return isAlive(pid) && text(pid, "cmdline").replace('\0', ' ').contains(part);
  }

  private static boolean isAlive(long pid) {
    String stat = text(pid, "stat");
    int nameEnd = stat.lastIndexOf(')');
    if (pid <= 0 || nameEnd < 0 || stat.length() < nameEnd + 3) {
      return false;
    }
    char state = stat.charAt(nameEnd + 2);
    return state != 'Z' && state != 'X';
  }

  private static String text(long pid, String file) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc", Long.toString(pid), file)),
          StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }
}
