package io.fleetserve.loadbalancer.policy;

/// What a policy may know of the replicas of a service, by index. Thread-safe: read while it
/// changes, so values may be of slightly different moments.
public interface Loads {
  int size();

  /// Whether the next request may go to the replica.
  boolean isEligible(int replica);

  /// Requests in flight at the replica, >= 0.
  int inFlight(int replica);

  /// Requests in flight at all replicas, >= 0.
  int inFlight();

  /// How much the replica can take, relative to the others; > 0, and 1 for all when they are equal.
  double weight(int replica);

  /// How far a new or returned replica is warmed up: above 0, 1 when it is.
  double warmth(int replica);

  /// Times to the first byte of the replica's answers, as [PeakEwma] keeps them.
  long firstBytes(int replica);

  /// Monotonic nanoseconds; a few milliseconds late is good enough.
  long now();
}
