package io.fleetserve.loadbalancer.telemetry;

/// Durations counted as a Prometheus native histogram of schema 3 counts them: eight buckets per
/// power of two of a second, each at most 9 % wide, from 1 us to 4096 s; what lies outside counts
/// in the outermost bucket.
///
/// Bucket i holds durations in `(2^((i-1)/8), 2^(i/8)]` seconds. The exponent of the double is the
/// power of two; a search in the seven bounds between finds the eighth. Some 5 ns, no allocation.
/// Confined to one event loop.
///
/// @see <a href="https://prometheus.io/docs/specs/native_histograms/">Native histograms</a>
final class FineBuckets {
  /// Of the format: 2^3 buckets per power of two.
  static final int SCHEMA = 3;

  private static final int PER_OCTAVE = 1 << SCHEMA;
  private static final int LOWEST_EXPONENT = -20;
  private static final int HIGHEST_EXPONENT = 12;

  /// Index, in the format, of the first counter.
  static final int FIRST_INDEX = LOWEST_EXPONENT * PER_OCTAVE + 1;

  private static final int COUNT = (HIGHEST_EXPONENT - LOWEST_EXPONENT) * PER_OCTAVE;
  private static final double[] BOUNDS = bounds();

  private final long[] counts = new long[COUNT];

  private static double[] bounds() {
    double[] bounds = new double[PER_OCTAVE];
    for (int i = 0; i < PER_OCTAVE; i++) {
      bounds[i] = Math.pow(2, (double) i / PER_OCTAVE);
    }
    return bounds;
  }

  void record(long nanos) {
    counts[Math.clamp(indexOf(nanos / 1e9) - FIRST_INDEX, 0, COUNT - 1)]++;
  }

  /// Index of the bucket in the format.
  ///
  /// @param seconds anything; below 0 counts as 0
  static int indexOf(double seconds) {
    if (seconds < 1e-6) {
      return FIRST_INDEX;
    }
    int exponent = Math.getExponent(seconds);
    double mantissa = Math.scalb(seconds, -exponent);
    int within = 0;
    while (within < PER_OCTAVE && BOUNDS[within] < mantissa) {
      within++;
    }
    return exponent * PER_OCTAVE + within;
  }

  long[] snapshot() {
    return counts.clone();
  }
}
