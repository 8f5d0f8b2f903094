package io.fleetserve.benchmarks.load.proc;

import java.util.List;

/// Parses the text of files under `/proc`. Pure.
public final class ProcText {
  /// Length of a clock tick in these files: 100 Hz on every Linux of today.
  private static final long TICK_NANOS = 10_000_000;

  private ProcText() {}

  /// CPU time of `/proc/PID/stat`, user and system, in nanoseconds; ended threads are included,
  /// ended children are not. The name in it may hold spaces and parentheses.
  public static long cpuNanos(String stat) {
    String[] fields = afterName(stat);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS;
  }

  /// CPU time of `/proc/PID/task/TID/schedstat` in nanoseconds.
  public static long schedNanos(String schedstat) {
    return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
  }

  /// A size of `/proc/PID/status` or `smaps_rollup` in bytes, for example of `VmRSS:`.
  public static long bytes(List<String> lines, String key) {
    return lines.stream()
            .filter(line -> line.startsWith(key))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no line " + key))
        * 1024;
  }

  /// The machine's CPU time in ticks, first line of `/proc/stat`.
  public static MachineTicks machine(String firstLine) {
    String[] fields = firstLine.strip().split("\\s+", -1);
    long total = 0;
    for (int i = 1; i <= 8; i++) { // user nice system idle iowait irq softirq steal
      total += Long.parseLong(fields[i]);
    }
    return new MachineTicks(
        total, Long.parseLong(fields[4]) + Long.parseLong(fields[5]), Long.parseLong(fields[8]));
  }

  private static String[] afterName(String stat) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  /// Totals since boot over all processors, in ticks.
  public record MachineTicks(long total, long idle, long steal) {

    /// Share of the time since `earlier` in which processors had nothing to do, 0-1.
    public double idleShareSince(MachineTicks earlier) {
      return share(idle - earlier.idle, earlier);
    }

    /// Share of the time since `earlier` that the hypervisor gave to others, 0-1.
    public double stealShareSince(MachineTicks earlier) {
      return share(steal - earlier.steal, earlier);
    }

    private double share(long ticks, MachineTicks earlier) {
      return total == earlier.total ? 0 : (double) ticks / (total - earlier.total);
    }
  }
}
