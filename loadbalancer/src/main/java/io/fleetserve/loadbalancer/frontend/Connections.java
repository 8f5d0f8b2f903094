package io.fleetserve.loadbalancer.frontend;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Counts client connections and pauses accepting at the limit, so that clients wait in the
/// kernel's queue instead of being refused, and descriptors are left for replicas. Thread-safe.
final class Connections {
  private static final Duration LEAVING_IDLE = Duration.ofSeconds(5);

  private static final int BEYOND = 32;

  private final int limit;
  private final int perClient;
  private final Map<InetAddress, Integer> byClient = new ConcurrentHashMap<>();
  private final LongAdder excess = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong pauses = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final LongAdder everOpened = new LongAdder();
  private final Set<Runnable> changes = ConcurrentHashMap.newKeySet();
  private volatile boolean paused;
  private volatile boolean stopping;
  private volatile long stoppedAt;

  /// @param perClient connections of one address; 0 for any number
  Connections(int limit, int perClient) {
    this.limit = limit;
    this.perClient = perClient;
  }

  /// Counts a connection of an address until it is closed; false if the address has too many.
  boolean admit(Channel connection, InetAddress address) {
    if (byClient.merge(address, 1, Integer::sum) > perClient) {
      leave(address);
      excess.increment();
      return false;
    }
    connection.closeFuture().addListener(_ -> leave(address));
    return true;
  }

  private void leave(InetAddress address) {
    byClient.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  /// Connections that were closed at once, because their address had too many.
  long excess() {
    return excess.sum();
  }

  void countPause() {
    pauses.incrementAndGet();
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

  /// Counts a connection until it is closed. False, and not counted, when so many were accepted
  /// beyond the limit that descriptors would be short: what the kernel has accepted for us already
  /// comes in spite of a pause.
  boolean accepted(Channel connection) {
    int now = open.incrementAndGet();
    if (now > limit + BEYOND) {
      open.decrementAndGet();
      excess.increment();
      return false;
    }
    everOpened.increment();
    connection.closeFuture().addListener(_ -> closed());
    if (now >= limit && !paused) {
      paused = true;
      pauses.incrementAndGet();
      changes.forEach(Runnable::run);
    }
    return true;
  }

  private void closed() {
    if (open.decrementAndGet() < limit - limit / 20 && paused) {
      paused = false;
      changes.forEach(Runnable::run);
    }
  }
}
