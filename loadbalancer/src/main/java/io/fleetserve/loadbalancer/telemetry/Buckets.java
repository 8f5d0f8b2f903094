package io.fleetserve.loadbalancer.telemetry;

import io.fleetserve.api.wire.LoadReport.Histogram;
import java.util.Arrays;
import java.util.List;

/// Durations counted by powers of two, as [Histogram] describes. Confined to one event loop.
final class Buckets {
  private final long[] counts = new long[Histogram.BUCKETS];
  private long totalMillis;

  void record(long millis) {
    long positive = Math.max(0, millis);
    int bucket = positive <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(positive - 1);
    counts[Math.min(bucket, counts.length - 1)]++;
    totalMillis += positive;
  }

  Histogram snapshot() {
    List<Long> copy = Arrays.stream(counts).boxed().toList();
    return new Histogram(copy, totalMillis);
  }
}
