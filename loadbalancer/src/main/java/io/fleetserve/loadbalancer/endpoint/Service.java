package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.spec.ReplicaTls;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.loadbalancer.telemetry.ServiceStats;
import io.fleetserve.loadbalancer.tls.ReplicaTrust;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One service for as long as the controller routes it: what outlives its routes.
///
/// Thread-safe. [#apply] and [#known] belong to one thread at a time, the one that changes routing;
/// statistics belong to the event loop whose number they carry.
public final class Service {
  private static final long SECOND = 1_000_000_000;

  private final String name;
  private final ServiceStats[] stats;
  private final AtomicLong turn = new AtomicLong();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicLong heldBytes = new AtomicLong();
  private final HoldOrder holdOrder = new HoldOrder();
  private final RetryLedger retries = new RetryLedger();
  private final Map<ReplicaKey, Replica> known = new HashMap<>();
  private final Map<ReplicaTls, ReplicaTrust> trusts = new ConcurrentHashMap<>();
  private final RouteLoads.Condition condition;
  private final PassiveHealth health;
  private final PlaceTimes placeTimes = new PlaceTimes();
  private final TimeQuantile firstBytes = new TimeQuantile();
  private final Hedges hedges = new Hedges();
  private volatile long idleAt;
  private volatile boolean warming;
  private long lastSecond;
  private volatile Route route;
  private volatile @Nullable String listenError;
  private volatile boolean removed;

  /// @param lanes number of event loops
  /// @param clock monotonic nanoseconds
  Service(ServiceRoute rule, int lanes, LongSupplier clock) {
    name = rule.service();
    health = new PassiveHealth();
    lastSecond = clock.getAsLong();
    idleAt = lastSecond;
    condition = condition(clock);
    stats = new ServiceStats[lanes];
    for (int i = 0; i < lanes; i++) {
      stats[i] = new ServiceStats();
    }
    // Whatever is there at the start is taken as warm.
    route = apply(rule, false);
  }

  private RouteLoads.Condition condition(LongSupplier clock) {
    return new RouteLoads.Condition() {
      @Override
      public int inFlight() {
        return Service.this.inFlight();
      }

      @Override
      public boolean isPanic() {
        return health.isPanic();
      }

      @Override
      public long now() {
        return clock.getAsLong();
      }
    };
  }

  public String name() {
    return name;
  }

  public Route route() {
    return route;
  }

  /// Statistics of event loop `lane`, which alone may touch them.
  public ServiceStats stats(int lane) {
    return stats[lane];
  }

  /// Takes over what the controller says now.
  Route apply(ServiceRoute rule) {
    return apply(rule, rule.routing().slowStartMillis() > 0);
  }

  private Route apply(ServiceRoute rule, boolean warmUpNew) {
    List<Replica> replicas = new ArrayList<>();
    for (ReplicaEndpoint endpoint : rule.endpoints()) {
      Replica replica = replica(endpoint);
      if (warmUpNew && replica.isNew()) {
        replica.warmUp(condition.now());
        warming = true;
      }
      replicas.add(replica);
    }
    trusts.keySet().removeIf(tls -> rule.endpoints().stream().noneMatch(e -> tls.equals(e.tls())));
    Route next = new Route(rule, replicas, condition);
    Set<Replica> kept = Set.copyOf(replicas);
    synchronized (known) {
      for (Replica replica : known.values()) {
        if (!kept.contains(replica)) {
          replica.removed(true);
          replica.seat(null);
        }
      }
      known.values().removeIf(replica -> replica.isRemoved() && replica.inFlight() == 0);
      for (int i = 0; i < replicas.size(); i++) {
        known.put(replicas.get(i).key(), replicas.get(i));
        replicas.get(i).seat(new Replica.Seat(next, i));
        next.weighed(i);
      }
    }
    route = next;
    health.onRoute(next);
    return next;
  }

  private Replica replica(ReplicaEndpoint endpoint) {
    Replica old;
    synchronized (known) {
      old = known.get(new ReplicaKey(endpoint.replicaId(), endpoint.generation()));
    }
    if (old == null || !old.isAt(endpoint)) {
      ReplicaTls tls = endpoint.tls();
      return new Replica(
          endpoint, tls == null ? null : trusts.computeIfAbsent(tls, ReplicaTrust::new));
    }
    if (old.isRemoved()) {
      // The controller took it out and calls it ready again: what was seen before is history.
      old.removed(false);
      old.health(health -> Health.HEALTHY);
    }
    old.draining(endpoint.draining());
    return old;
  }

  /// Reads files that changed since connections to replicas were made. One thread at a time.
  public void refreshTrust() {
    trusts.values().forEach(ReplicaTrust::refresh);
  }

  /// Replicas of the route, and those that left it with requests still in flight.
  public Collection<Replica> known() {
    synchronized (known) {
      known.values().removeIf(replica -> replica.isRemoved() && replica.inFlight() == 0);
      return List.copyOf(known.values());
    }
  }

  /// Chooses a replica and counts the request there; null when none can take it.
  ///
  /// @param key hash of the request's session, or [Policy#NO_KEY]
  public @Nullable Replica acquire(long key, Set<Replica> avoid) {
    return route.acquire(turn.getAndIncrement(), key, avoid);
  }

  /// A request at `replica` failed before its answer began.
  ///
  /// @param now monotonic nanoseconds
  public void failed(Replica replica, Fault fault, long now) {
    replica.failed(fault);
    health.failed(route, replica, fault, now);
  }

  /// A good answer began: takes the time in where a rule goes by it.
  ///
  /// @param sentAt monotonic nanoseconds at which the request was sent
  /// @param now monotonic nanoseconds
  public void answered(Replica replica, long sentAt, long now) {
    if (route.measuresFirstByte()) {
      replica.observe(now - sentAt, now);
    }
  }

  /// The first byte of a request came; for the quantile that tells when to hedge.
  ///
  /// @param sentAt monotonic nanoseconds at which the request was sent, before any hedge
  public void firstByte(long sentAt) {
    double quantile = route.rule().protection().hedge().quantile();
    if (quantile > 0) {
      firstBytes.observe(condition.now() - sentAt, quantile);
    }
  }

  /// Nanoseconds within which the hedging quantile of first bytes come; 0 while too little is
  /// known.
  public long slowNanos() {
    return firstBytes.nanos();
  }

  /// Counters of hedged requests.
  public Hedges hedges() {
    return hedges;
  }

  /// A request at `replica` was answered; true if it is eligible again because of it.
  public boolean succeeded(Replica replica) {
    boolean back = health.succeeded(route, replica);
    if (back) {
      warmUp(replica);
    }
    return back;
  }

  private void warmUp(Replica replica) {
    if (route.rule().routing().slowStartMillis() > 0) {
      replica.warmUp(condition.now());
      warming = true;
    }
  }

  /// Nothing was learnt from a request at `replica`; true if it may be tried again because of it.
  public boolean unknown(Replica replica) {
    Health before = replica.health();
    if (before.onUnknown().equals(before)) {
      return false;
    }
    replica.health(Health::onUnknown);
    return true;
  }

  /// Lets ejections end and replicas warm up; true if a replica may be tried again.
  public boolean onTime(long now) {
    if (route.isLimited() && inFlight() == 0) {
      idleAt = now;
    }
    if (warming) {
      warming = false;
      long window = route.rule().routing().slowStartMillis() * 1_000_000;
      for (Replica replica : route.replicas()) {
        if (replica.warmth() < 1 && replica.warmUp(now, window)) {
          warming = true;
        }
      }
    }
    if (now - lastSecond >= SECOND) {
      lastSecond = now;
      retries.onSecond(arrivals());
      health.sweep(route, now);
    }
    return health.onTime(route, now);
  }

  /// Passive health of all replicas.
  public PassiveHealth health() {
    return health;
  }

  /// Whether requests wait because replicas are full, and not for want of one that works.
  public boolean isBusy() {
    Route now = route;
    return now.isLimited() && now.ready() > 0 && inFlight() > 0;
  }

  /// How long requests keep their places at replicas.
  public PlaceTimes placeTimes() {
    return placeTimes;
  }

  /// Monotonic nanoseconds at which nothing was in flight last, as far as a tick has seen: since
  /// then replicas are at work.
  public long idleAt() {
    return idleAt;
  }

  /// Requests that wait, over all event loops.
  public AtomicInteger held() {
    return held;
  }

  /// Order of the requests that wait, over all event loops.
  public HoldOrder holdOrder() {
    return holdOrder;
  }

  /// Buffered bytes of waiting requests, over all event loops.
  public AtomicLong heldBytes() {
    return heldBytes;
  }

  private int inFlight() {
    int inFlight = 0;
    for (ServiceStats part : stats) {
      inFlight += part.inFlight();
    }
    return inFlight;
  }

  private long arrivals() {
    long arrivals = 0;
    for (ServiceStats part : stats) {
      arrivals += part.arrivals();
    }
    return arrivals;
  }

  /// Takes one retry out of the budget; false when it is used up. Each true needs one [#retried].
  public boolean mayRetry() {
    return retries.take(route.rule().retry().budget(), inFlight(), arrivals());
  }

  /// Gives a retry back to the budget.
  public void retried() {
    retries.giveBack();
  }

  /// Retries in flight; 0 when idle.
  public int retrying() {
    return retries.running();
  }

  /// Why the port of the service is not open; null when it is.
  public @Nullable String listenError() {
    return listenError;
  }

  public void listenError(@Nullable String error) {
    listenError = error;
  }

  /// No longer routed: its requests are refused.
  public boolean isRemoved() {
    return removed;
  }

  void remove() {
    removed = true;
  }
}
