package io.fleetserve.loadbalancer.http2;

import java.util.function.LongSupplier;

/// A bounded number of tokens that come back with time and with useful work. Confined to one event
/// loop.
final class Budget {
  private final int most;
  private final double perNano;
  private final LongSupplier clock;
  private double left;
  private long last;

  /// @param most tokens at the start, and never more
  /// @param perSecond tokens that come back
  /// @param clock monotonic nanoseconds
  Budget(int most, double perSecond, LongSupplier clock) {
    this.most = most;
    this.perNano = perSecond / 1e9;
    this.clock = clock;
    left = most;
    last = clock.getAsLong();
  }

  /// Takes tokens; false if there are not enough.
  boolean take(int tokens) {
    long now = clock.getAsLong();
    left = Math.min(most, left + (now - last) * perNano) - tokens;
    last = now;
    return left >= 0;
  }

  void give(int tokens) {
    left = Math.min(most, left + tokens);
  }
}
