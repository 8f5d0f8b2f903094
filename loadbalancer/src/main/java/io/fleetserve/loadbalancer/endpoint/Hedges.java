package io.fleetserve.loadbalancer.endpoint;

import java.util.concurrent.atomic.LongAdder;

/// Counters of hedged requests. Thread-safe.
public final class Hedges {
  private final LongAdder started = new LongAdder();
  private final LongAdder won = new LongAdder();

  /// A second attempt began.
  public void started() {
    started.increment();
  }

  /// A second attempt answered first.
  public void won() {
    won.increment();
  }

  public long startedCount() {
    return started.sum();
  }

  public long wonCount() {
    return won.sum();
  }
}
