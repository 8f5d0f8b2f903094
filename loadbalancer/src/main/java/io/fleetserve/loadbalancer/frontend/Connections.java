package io.fleetserve.loadbalancer.frontend;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Counts client connections and pauses accepting at the limit, so that clients wait in the
/// kernel's queue instead of being refused, and descriptors are left for replicas. Thread-safe.
final class Connections {
  private static final Duration LEAVING_IDLE = Duration.ofSeconds(5);

  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong pauses = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final LongAdder everOpened = new LongAdder();
  private final Set<Runnable> changes = ConcurrentHashMap.newKeySet();
  private volatile boolean paused;
  private volatile boolean stopping;
  private volatile long stoppedAt;

  Connections(int limit) {
    this.limit = limit;
  }

  /// No connection outlives its current answer any more.
  void stop() {
    stoppedAt = System.nanoTime();
    stopping = true;
  }

  /// Whether an idle connection has had its chance to be told by an answer that it ends.
  ///
  /// @param now monotonic nanoseconds
  boolean mayCloseIdle(long now) {
    return stopping && now - stoppedAt > LEAVING_IDLE.toNanos();
  }

  boolean isStopping() {
    return stopping;
  }

  int open() {
    return open.get();
  }

  long pauses() {
    return pauses.get();
  }

  /// A request was refused before it belonged to a service.
  void refused() {
    refused.increment();
  }

  long refusals() {
    return refused.sum();
  }

  boolean isPaused() {
    return paused;
  }

  /// Calls `change` when [#isPaused] changes, from any thread.
  void onChange(Runnable change) {
    changes.add(change);
  }

  long everOpened() {
    return everOpened.sum();
  }

  void opened() {
    everOpened.increment();
    if (open.incrementAndGet() >= limit && !paused) {
      paused = true;
      pauses.incrementAndGet();
      changes.forEach(Runnable::run);
    }
  }

  void closed() {
    if (open.decrementAndGet() < limit - limit / 20 && paused) {
      paused = false;
      changes.forEach(Runnable::run);
    }
  }
}
