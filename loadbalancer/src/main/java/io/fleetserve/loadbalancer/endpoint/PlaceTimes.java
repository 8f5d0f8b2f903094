package io.fleetserve.loadbalancer.endpoint;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// How long requests of a service take at its replicas, and how many were turned away because the
/// wait for a place would have been too long. Thread-safe.
public final class PlaceTimes {
  /// Weight of the newest request in the average.
  private static final double NEWEST = 0.05;

  private final AtomicLong meanNanos = new AtomicLong(Double.doubleToRawLongBits(0));
  private final LongAdder shed = new LongAdder();

  /// A request left its place.
  ///
  /// @param nanos that it was there
  public void observe(long nanos) {
    long before = meanNanos.get();
    double mean = Double.longBitsToDouble(before);
    double next = mean == 0 ? nanos : mean + NEWEST * (nanos - mean);
    // Lost to another request that ended at the same time: one of the two is enough.
    meanNanos.compareAndSet(before, Double.doubleToRawLongBits(next));
  }

  /// Average in nanoseconds; 0 when nothing is known.
  public double meanNanos() {
    return Double.longBitsToDouble(meanNanos.get());
  }

  /// A request was turned away.
  public void shed() {
    shed.increment();
  }

  /// Requests turned away so far.
  public long shedCount() {
    return shed.sum();
  }
}
