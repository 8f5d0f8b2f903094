package io.fleetserve.cli.client;

import io.fleetserve.api.process.LinuxProcess;

/// Whether the process that once had a pid still has it.
final class LiveProcess {
  private static final long TOLERANCE_MILLIS = 2_000;

  private LiveProcess() {}

  static boolean is(long pid, long startMillis) {
    return LinuxProcess.aliveSince(pid, startMillis, TOLERANCE_MILLIS);
  }
}
