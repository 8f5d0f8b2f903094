package io.fleetserve.loadbalancer.policy;

/// Average of the times to the first byte that follows peaks at once and forgets them slowly. Pure:
/// the state is one `long`, so that an owner can change it by compare-and-set without an object.
public final class PeakEwma {
  /*
   * Finagle's peak EWMA: a value above the average becomes the average; a lower one, and time that
   * passes, pull it down by exp(-t / DECAY). Differs in what is measured: the time to the first byte
   * of the answer. The whole duration of an answer that streams says how long the answer is, not how
   * busy the replica is.
   *
   * State: bits of a float, in microseconds, in the upper half; time of the last change, in units of
   * 2^20 ns (about 1 ms), in the lower half.
   */
  /// Nothing observed yet.
  public static final long NONE = 0;

  private static final double DECAY = 10_000_000_000.0 / (1 << 20);

  /// Cost, in microseconds, of a replica of which nothing is known but that it has not answered the
  /// request it got: one request at a time tries out what is new.
  private static final double UNKNOWN = 1e15;

  private PeakEwma() {}

  /// The state after an answer.
  ///
  /// @param nanos from sending the request to the first byte of its answer
  /// @param now monotonic nanoseconds
  public static long observe(long state, long nanos, long now) {
    double micros = Math.max(1, nanos / 1e3);
    int time = (int) (now >> 20);
    double next = micros;
    if (state != NONE) {
      double average = Float.intBitsToFloat((int) (state >>> 32));
      double kept = Math.exp(-Integer.toUnsignedLong(time - (int) state) / DECAY);
      next = micros > average * kept ? micros : average * kept + micros * (1 - kept);
    }
    return (long) Float.floatToRawIntBits((float) next) << 32 | Integer.toUnsignedLong(time);
  }

  /// The average in microseconds, as it has decayed until now; 0 when nothing was observed.
  public static double micros(long state, long now) {
    if (state == NONE) {
      return 0;
    }
    double age = Integer.toUnsignedLong((int) (now >> 20) - (int) state);
    return Float.intBitsToFloat((int) (state >>> 32)) * Math.exp(-age / DECAY);
  }

  /// What a request would pay for each one in flight, in microseconds.
  static double cost(long state, int inFlight, long now) {
    return state == NONE && inFlight > 0 ? UNKNOWN : micros(state, now);
  }
}
