package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaTls;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.loadbalancer.policy.PeakEwma;
import io.fleetserve.loadbalancer.policy.SlowStart;
import io.fleetserve.loadbalancer.tls.ReplicaTrust;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
  private final boolean http2;
  private final @Nullable ReplicaTrust trust;
  private final NetworkMode network;
  private final @Nullable String attemptId;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder completions = new LongAdder();
  private final LongAdder connectFailures = new LongAdder();
  private final LongAdder noAnswers = new LongAdder();
  private final LongAdder errorStatuses = new LongAdder();
  private final OutcomeWindow outcomes = new OutcomeWindow();
  private final AtomicReference<Health> health = new AtomicReference<>(Health.HEALTHY);
  private final AtomicLong firstBytes = new AtomicLong(PeakEwma.NONE);
  private volatile double warmth = 1;
  private volatile long warmingSince;
  private volatile boolean draining;
  private volatile boolean removed;
  private volatile @Nullable NetworkMode way;
  private volatile @Nullable Seat seat;

  /// Where the replica sits in the current route; null while it is in none.
  record Seat(Route route, int index) {}

  /// @param trust null for a replica that speaks without TLS
  Replica(ReplicaEndpoint endpoint, @Nullable ReplicaTrust trust) {
    key = new ReplicaKey(endpoint.replicaId(), endpoint.generation());
    address = new InetSocketAddress(endpoint.host(), endpoint.port());
    version = endpoint.version();
    accelerator = endpoint.accelerator();
    http2 = endpoint.speaksHttp2();
    this.trust = trust;
    attemptId = endpoint.attemptId();
    network = networkOf(endpoint);
    draining = endpoint.draining();
  }

  private static NetworkMode networkOf(ReplicaEndpoint endpoint) {
    NetworkMode mode = endpoint.network();
    return mode == null || endpoint.attemptId() == null ? NetworkMode.DIRECT : mode;
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

  /// Whether it speaks HTTP/2.
  public boolean isHttp2() {
    return http2;
  }

  /// Null when it speaks without TLS.
  public @Nullable ReplicaTrust trust() {
    return trust;
  }

  /// How it may be reached; DIRECT when its agent can have no tunnel.
  public NetworkMode network() {
    return network;
  }

  /// Whose agent's tunnels lead to it; null when it can have none.
  public @Nullable String attemptId() {
    return attemptId;
  }

  /// By which way it was reached last, DIRECT or TUNNEL, which is the way of the next connection,
  /// too; null before the first one.
  public @Nullable NetworkMode way() {
    return way;
  }

  /// Remembers by which way it was reached: DIRECT or TUNNEL.
  public void reachedBy(NetworkMode by) {
    way = by;
  }

  /// Whether an endpoint is this one: it may move, or learn to speak something else.
  boolean isAt(ReplicaEndpoint endpoint) {
    ReplicaTls tls = trust == null ? null : trust.rule();
    return address.getPort() == endpoint.port()
        && address.getHostString().equals(endpoint.host())
        && http2 == endpoint.speaksHttp2()
        && Objects.equals(tls, endpoint.tls())
        && Objects.equals(attemptId, endpoint.attemptId())
        && network == networkOf(endpoint);
  }

  /// Counts a request before it is sent; false if the replica is not to be used now.
  ///
  /// @param limit most requests in flight
  /// @param anyHealth use it whatever its health is
  boolean acquire(int limit, boolean anyHealth) {
    if (inFlight.incrementAndGet() > limit) {
      release();
      return false;
    }
    Health before = health.get();
    while (true) {
      if (!before.isEligible() && !anyHealth) {
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

  /// Counts a request that failed here.
  public void failed(Fault fault) {
    switch (fault) {
      case REFUSED, UNREACHABLE -> connectFailures.increment();
      case NO_ANSWER -> noAnswers.increment();
      case ERROR_STATUS -> errorStatuses.increment();
    }
  }

  public long completions() {
    return completions.sum();
  }

  /// All requests that failed here.
  public long failures() {
    return connectFailures.sum() + noAnswers.sum() + errorStatuses.sum();
  }

  /// Requests for which there was no connection.
  public long connectFailures() {
    return connectFailures.sum();
  }

  /// Requests that were answered by a status that says the replica is in trouble.
  public long errorStatuses() {
    return errorStatuses.sum();
  }

  /// Outcomes within the last `seconds`, to be asked for once a second by one thread.
  Outliers.Sample outcomes(int index, int seconds) {
    return outcomes.note(index, completions(), failures(), seconds);
  }

  /// Outcomes up to now do not count any more. On the thread of [#outcomes].
  void forgetOutcomes() {
    outcomes.forget(completions(), failures());
  }

  /// How far it is warmed up, see [SlowStart]; 1 when it is.
  public double warmth() {
    return warmth;
  }

  /// Warms up from now on.
  void warmUp(long now) {
    warmingSince = now;
    warmth = SlowStart.warmth(0, 1);
  }

  /// Time passed; true if it is still warming up.
  ///
  /// @param window nanoseconds
  boolean warmUp(long now, long window) {
    double next = SlowStart.warmth(Math.max(0, now - warmingSince), window);
    if (next != warmth) {
      warmth = next;
      Seat current = seat;
      if (current != null) {
        current.route.weighed(current.index);
      }
    }
    return next < 1;
  }

  /// Times to the first byte, as [PeakEwma] keeps them.
  public long firstBytes() {
    return firstBytes.get();
  }

  /// An answer began.
  ///
  /// @param nanos since the request was sent
  public void observe(long nanos, long now) {
    firstBytes.updateAndGet(state -> PeakEwma.observe(state, nanos, now));
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

  /// Was in no route until now.
  boolean isNew() {
    return seat == null;
  }

  void seat(@Nullable Seat seat) {
    this.seat = seat;
  }

  /// Tells the policy of the current route that something changed.
  void reseat() {
    Seat current = seat;
    if (current == null) {
      return;
    }
    current.route.changed(current.index);
  }

  @Override
  public String toString() {
    return "replica " + key.replicaId() + "-" + key.generation();
  }
}
