package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One replica for as long as anything is known of it: it outlives routing tables, so requests in
/// flight are counted once whatever the controller publishes meanwhile. Thread-safe.
///
/// In flight: [#acquire] before anything is sent, [#release] exactly once at the end. A release
/// without an acquire is a bug and throws.
public final class Replica {
  private final ReplicaKey key;
  private final InetSocketAddress address;
  private final int version;
  private final @Nullable String accelerator;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder completions = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final AtomicReference<Health> health = new AtomicReference<>(Health.HEALTHY);
  private volatile boolean draining;
  private volatile boolean removed;
  private volatile @Nullable Seat seat;

  /// Where the replica sits in the current route; null while it is in none.
  record Seat(Route route, int index) {}

  Replica(ReplicaEndpoint endpoint) {
    key = new ReplicaKey(endpoint.replicaId(), endpoint.generation());
    address = new InetSocketAddress(endpoint.host(), endpoint.port());
    version = endpoint.version();
    accelerator = endpoint.accelerator();
    draining = endpoint.draining();
  }

  public ReplicaKey key() {
    return key;
  }

  /// Resolved when the replica became known; unresolved if the name was not to be found.
  public InetSocketAddress address() {
    return address;
  }

  public int version() {
    return version;
  }

  public @Nullable String accelerator() {
    return accelerator;
  }

  /// Counts a request before it is sent; false if the replica is not to be used now.
  public boolean acquire() {
    inFlight.incrementAndGet();
    Health before = health.get();
    while (true) {
      if (!before.isEligible()) {
        release();
        return false;
      }
      Health sent = before.onSent();
      if (sent.equals(before) || health.compareAndSet(before, sent)) {
        break;
      }
      before = health.get();
    }
    reseat();
    return true;
  }

  /// Ends what [#acquire] began; true if the replica has nothing in flight now.
  public boolean release() {
    int left = inFlight.decrementAndGet();
    if (left < 0) {
      inFlight.incrementAndGet();
      throw new IllegalStateException("released more often than acquired: " + key);
    }
    reseat();
    return left == 0;
  }

  public int inFlight() {
    return inFlight.get();
  }

  public void completed() {
    completions.increment();
  }

  public void failed() {
    failures.increment();
  }

  public long completions() {
    return completions.sum();
  }

  public long failures() {
    return failures.sum();
  }

  public Health health() {
    return health.get();
  }

  /// Changes the health by a pure step; returns the new one.
  Health health(UnaryOperator<Health> step) {
    Health now = health.updateAndGet(step);
    reseat();
    return now;
  }

  public boolean isDraining() {
    return draining;
  }

  void draining(boolean draining) {
    this.draining = draining;
  }

  /// No longer in the route of its service: idle connections to it are to be closed.
  public boolean isRemoved() {
    return removed;
  }

  void removed(boolean removed) {
    this.removed = removed;
  }

  void seat(@Nullable Seat seat) {
    this.seat = seat;
  }

  /// Brings the tree of the current route up to date with what is true now.
  void reseat() {
    Seat current = seat;
    if (current == null) {
      return;
    }
    int score;
    do {
      score = current.route.scoreOf(current.index);
      current.route.tree().set(current.index, score);
    } while (score != current.route.scoreOf(current.index));
  }

  @Override
  public String toString() {
    return "replica " + key.replicaId() + "-" + key.generation();
  }
}
