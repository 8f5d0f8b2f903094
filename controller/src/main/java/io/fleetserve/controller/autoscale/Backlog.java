package io.fleetserve.controller.autoscale;

/// How many replicas to launch for requests that wait.
///
/// ```
/// left     = waits now + what comes in a cold start - what is served in a cold start
/// replicas = demand + sqrt(weight * demand * left / cold start)
/// ```
///
/// `x` replicas beyond the demand cost `x * cold start` before they serve, and let what comes wait
/// for `left / x` seconds; the root is where the sum of both, waiting weighed, is least. The queue
/// is worked off in half a minute to ten minutes.
final class Backlog {
  /// A wait that counts, seconds.
  static final double LATE_SECONDS = 2;

  private static final double FASTEST_SECONDS = 30;
  private static final double SLOWEST_SECONDS = 600;

  private Backlog() {}

  /// Replicas; 0 when the queue will be gone by the time that one launched now is ready.
  ///
  /// @param left replica-seconds of work that will still wait one cold start from now
  /// @param demand replicas' worth of work that arrives
  /// @param coldStart seconds, > 0
  /// @param weight replica-seconds that a replica-second of late work is worth
  static double replicas(double left, double demand, double coldStart, double weight) {
    if (left <= 0) {
      return 0;
    }
    double cheapest = Math.sqrt(weight * demand * left / coldStart);
    return demand + Math.clamp(cheapest, left / SLOWEST_SECONDS, left / FASTEST_SECONDS);
  }
}
