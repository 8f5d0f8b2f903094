package io.fleetserve.loadbalancer.endpoint;

import java.util.concurrent.atomic.AtomicLong;

/// A quantile of times that keeps changing, followed without keeping any of them. Thread-safe,
/// lock-free.
final class TimeQuantile {
  /*
   * Frugal streaming (Ma, Muthukrishnan, Sandler 2014, arXiv 1407.1121) in the logarithm, because
   * times differ by factors: a time above the estimate raises it by STEP * p, one below lowers it by
   * STEP * (1 - p). It stands still where a share of p lies below.
   */
  private static final double STEP = 0.05;

  /// Times before the estimate means something.
  private static final int ENOUGH = 50;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong seen = new AtomicLong();

  /// Takes a time in.
  ///
  /// @param p the quantile, 0 to 1
  void observe(long time, double p) {
    long count = seen.incrementAndGet();
    nanos.updateAndGet(now -> next(now, Math.max(1, time), p, count));
  }

  private static long next(long now, long time, double p, long count) {
    if (now == 0) {
      return time;
    }
    // Big steps at first, to come near soon.
    double step = count < ENOUGH ? 5 * STEP : STEP;
    return Math.max(1, (long) (now * Math.exp(time > now ? step * p : -step * (1 - p))));
  }

  /// The estimate in nanoseconds; 0 while too few times were seen.
  long nanos() {
    return seen.get() < ENOUGH ? 0 : nanos.get();
  }
}
