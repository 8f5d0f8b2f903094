package io.fleetserve.loadbalancer.telemetry;

import io.fleetserve.api.wire.LoadReport.Histogram;
import java.util.ArrayList;
import java.util.List;

/// Durations counted by powers of two of a millisecond, from 1/16 ms to 2^20 ms, and everything
/// above. Confined to one event loop; recording allocates nothing.
///
/// [Histogram] has no buckets below one millisecond: they are added up there.
public final class Buckets {
  private static final int BELOW_MILLI = 4;
  private static final int COUNT = Histogram.BUCKETS + BELOW_MILLI;
  private static final int NANOS_PER_UNIT = 1_000_000 >> BELOW_MILLI;

  // Sums of that many must not overflow.
  private static final long LONGEST = 1L << 53;

  private final long[] counts = new long[COUNT];
  private long totalNanos;

  public void record(long nanos) {
    long positive = Math.clamp(nanos, 0, LONGEST);
    long units = (positive + NANOS_PER_UNIT - 1) / NANOS_PER_UNIT;
    int bucket = units <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(units - 1);
    counts[Math.min(bucket, COUNT - 1)]++;
    totalNanos += positive;
  }

  /// Upper bounds of all buckets but the last, in seconds.
  public static double[] bounds() {
    double[] bounds = new double[COUNT - 1];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = (1L << i) * NANOS_PER_UNIT / 1e9;
    }
    return bounds;
  }

  /// A copy of what was counted.
  public Snapshot snapshot() {
    return new Snapshot(counts.clone(), totalNanos);
  }

  /// What load reports say of it.
  Histogram histogram() {
    List<Long> coarse = new ArrayList<>(Histogram.BUCKETS);
    long below = 0;
    for (int i = 0; i <= BELOW_MILLI; i++) {
      below += counts[i];
    }
    coarse.add(below);
    for (int i = BELOW_MILLI + 1; i < COUNT; i++) {
      coarse.add(counts[i]);
    }
    return new Histogram(coarse, totalNanos / 1_000_000);
  }

  /// Counts at one moment.
  ///
  /// @param counts per bucket, not added up
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Snapshot(long[] counts, long totalNanos) {
    /// Nothing.
    public static Snapshot empty() {
      return new Snapshot(new long[COUNT], 0);
    }

    /// The sum of both.
    public Snapshot plus(Snapshot other) {
      long[] sum = counts.clone();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other.counts[i];
      }
      return new Snapshot(sum, totalNanos + other.totalNanos);
    }
  }
}
