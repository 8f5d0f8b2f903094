package io.fleetserve.agent;

/// Waiting times, all in milliseconds. Pure.
///
/// Until a server is ready the pause between probes grows in proportion to the time already spent
/// waiting, so that the delay a request sees stays a small share of the wait, and a slow server is
/// not hammered:
///
///     nothing listens:   20 ms until 1.6 s, 50 ms at 4 s, then elapsed/80, at most 1 s
///     answers not 200:   50 ms until 0.4 s after the first answer, then elapsed/8, at most 1 s
final class Pace {
  private static final long FIRST_RESTART = 500;
  private static final long LONGEST_RESTART = 30_000;
  private static final long LONGEST_PROBE = 1_000;

  private Pace() {}

  /// Pause after a refused probe.
  ///
  /// @param sinceSpawn age of the process
  static long refused(long sinceSpawn) {
    return Math.clamp(sinceSpawn / 80, 20, LONGEST_PROBE);
  }

  /// Pause after an answer that was not 200, of a process that was never ready.
  ///
  /// @param sinceFirstAnswer time since it first answered at all
  static long answered(long sinceFirstAnswer) {
    return Math.clamp(sinceFirstAnswer / 8, 50, LONGEST_PROBE);
  }

  /// Pause before restart number `inRow` (from 1): 0.5 s, doubling to 30 s.
  static long restart(int inRow) {
    return inRow > 10 ? LONGEST_RESTART : Math.min(LONGEST_RESTART, FIRST_RESTART << (inRow - 1));
  }

  /// Pause between looks for survivors: 20 ms, then longer.
  static long look(long sinceSignal) {
    return Math.clamp(sinceSignal / 10, 20, 200);
  }
}
