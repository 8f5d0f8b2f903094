package io.fleetserve.agent;

/// Pauses between calls to a controller that is away: 50 ms, doubling to 1 s. Used by one thread.
final class Retry {
  private static final long FIRST_MILLIS = 50;
  private static final long LONGEST_MILLIS = 1_000;

  private long next = FIRST_MILLIS;

  void succeeded() {
    next = FIRST_MILLIS;
  }

  /// The next pause, in milliseconds.
  long pause() {
    long pause = next;
    next = Math.min(LONGEST_MILLIS, next * 2);
    return pause;
  }
}
