package io.fleetserve.benchmarks.load.proc;

import java.util.Map;

/// CPU time of a process and all its descendants at one moment.
///
/// Two sources: `stat` counts ended threads too, but in ticks of 10 ms; `schedstat` is exact, but
/// only for threads that live. The difference of two samples uses the exact one unless `stat` shows
/// that ended threads took more than two ticks.
///
/// @param statNanos sum over the processes
/// @param threadNanos exact time by thread id
public record ProcessCpu(long statNanos, Map<Long, Long> threadNanos) {
  private static final long TWO_TICKS = 20_000_000;

  public ProcessCpu {
    threadNanos = Map.copyOf(threadNanos);
  }

  /// CPU time used since `earlier`, in nanoseconds.
  public long since(ProcessCpu earlier) {
    long exact =
        threadNanos.entrySet().stream()
            .mapToLong(thread -> sinceOf(thread.getKey(), earlier))
            .sum();
    long coarse = statNanos - earlier.statNanos;
    return coarse - exact > TWO_TICKS ? coarse : exact;
  }

  /// CPU time of the thread that used most since `earlier`, in nanoseconds: the event loop that
  /// limits the whole.
  public long busiestThreadSince(ProcessCpu earlier) {
    return threadNanos.keySet().stream()
        .mapToLong(thread -> sinceOf(thread, earlier))
        .max()
        .orElse(0);
  }

  /// Threads that each used more than a share of the whole time since `earlier`.
  ///
  /// @param share 0-1
  public int threadsAbove(double share, ProcessCpu earlier) {
    double limit = share * since(earlier);
    return (int)
        threadNanos.keySet().stream().filter(thread -> sinceOf(thread, earlier) > limit).count();
  }

  private long sinceOf(long thread, ProcessCpu earlier) {
    return threadNanos.getOrDefault(thread, 0L) - earlier.threadNanos.getOrDefault(thread, 0L);
  }
}
