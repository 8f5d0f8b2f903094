package io.fleetserve.loadbalancer.policy;

/// How much of its weight a replica has while it warms up: grows evenly with time, in steps of 1 %,
/// from 10 % to all of it. Pure.
///
///     warmth 1 |          ,------
///              |       ,-'
///          0.1 |----,-'
///              +----+-----+------ age
///              0  10 %   window
public final class SlowStart {
  private static final double LEAST = 0.1;

  private SlowStart() {}

  /// Part of its weight that a replica has.
  ///
  /// @param ageNanos since the replica became ready or came back, >= 0
  /// @param windowNanos 0 for replicas that need no time
  public static double warmth(long ageNanos, long windowNanos) {
    if (ageNanos >= windowNanos) {
      return 1;
    }
    return Math.max(LEAST, Math.floor(100.0 * ageNanos / windowNanos) / 100);
  }
}
