package io.fleetserve.benchmarks.load.client;

import io.fleetserve.benchmarks.load.wire.Outcome;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Counts between begin and end, ignores the rest. Confined to one event loop.
///
/// Latencies are kept to 3 digits, 1 microsecond to 100 seconds.
final class Tally {
  private static final long LOWEST = 1_000;
  private static final long HIGHEST = TimeUnit.SECONDS.toNanos(100);
  private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(Outcome.SLOT_MILLIS);

  private final Histogram latency = new Histogram(LOWEST, HIGHEST, 3);
  private final Histogram lateness = new Histogram(LOWEST, HIGHEST, 3);
  private final long[] timeline;
  private boolean counting;
  private long beginNanos;
  private long endNanos;
  private long count;
  private long bytes;
  private long errors;

  Tally(long measureMillis) {
    timeline = new long[(int) (measureMillis / Outcome.SLOT_MILLIS) + 2];
  }

  void begin(long now) {
    beginNanos = now;
    counting = true;
  }

  void end(long now) {
    endNanos = now;
    counting = false;
  }

  /// A request is answered, or an event has come.
  ///
  /// @param dueNanos when it should have been sent; before begin, its latency is not recorded
  void completed(long dueNanos, long now) {
    if (!counting) {
      return;
    }
    count++;
    int slot = (int) ((now - beginNanos) / SLOT_NANOS);
    timeline[Math.min(slot, timeline.length - 1)]++;
    record(latency, dueNanos, now);
  }

  /// A request that was due is still without an answer at the end: its age so far is recorded, for
  /// leaving it out would hide the very stall that delays it.
  void unanswered(long dueNanos, long now) {
    record(latency, dueNanos, now);
  }

  void sent(long dueNanos, long now) {
    record(lateness, dueNanos, now);
  }

  void received(int length) {
    if (counting) {
      bytes += length;
    }
  }

  void failed() {
    if (counting) {
      errors++;
    }
  }

  Outcome outcome(int connected) {
    return new Outcome(
        beginNanos,
        endNanos,
        count,
        bytes,
        errors,
        connected,
        Outcome.encode(latency),
        Outcome.encode(lateness),
        Arrays.stream(timeline).boxed().toList());
  }

  private void record(Histogram histogram, long dueNanos, long now) {
    if (counting && dueNanos - beginNanos >= 0) {
      histogram.recordValue(Math.clamp(now - dueNanos, 0, HIGHEST));
    }
  }
}
