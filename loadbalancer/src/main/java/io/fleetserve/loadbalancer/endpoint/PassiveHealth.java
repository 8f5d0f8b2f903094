package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.loadbalancer.policy.Hashes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Passive health of all replicas of one service: who is ejected, never too many, and panic when
/// too few are left. Thread-safe; [#sweep] belongs to one thread.
public final class PassiveHealth {
  /// Time of good health after which one of the ejections in a row is forgotten.
  public static final Duration FORGIVE = Duration.ofSeconds(30);

  private final Object ejection = new Object();
  private final LongAdder ejections = new LongAdder();
  private final LongAdder spared = new LongAdder();
  private final LongAdder panics = new LongAdder();
  private volatile boolean panic;
  private int sweeps;

  /// Ejections so far.
  public long ejections() {
    return ejections.sum();
  }

  /// Times that a replica deserved to be ejected and was kept, because too many were out already.
  public long spared() {
    return spared.sum();
  }

  /// Times that panic began.
  public long panics() {
    return panics.sum();
  }

  /// Whether so few replicas are available that the health of all is ignored.
  public boolean isPanic() {
    return panic;
  }

  /// A request at `replica` failed before its answer began.
  void failed(Route route, Replica replica, Fault fault, long now) {
    OutlierRule rule = route.rule().outlier();
    Health before = replica.health();
    if (!before.isLastStraw(fault, rule)) {
      replica.health(health -> health.onFailure(fault, rule, false, 0, now));
      return;
    }
    // Rare, and short: only one thread at a time may decide, or two would eject the last two.
    synchronized (ejection) {
      boolean mayEject = mayEject(route);
      double random = random(replica, now);
      Health after = replica.health(health -> health.onFailure(fault, rule, mayEject, random, now));
      count(before, after, mayEject);
      judgePanic(route);
    }
  }

  private void count(Health before, Health after, boolean mayEject) {
    if (after.ejections() > before.ejections()) {
      ejections.increment();
    } else if (!mayEject && before.phase() == Health.Phase.HEALTHY) {
      spared.increment();
    }
  }

  private static double random(Replica replica, long now) {
    return (Hashes.mix(now ^ ((long) replica.key().replicaId() << 40)) >>> 11) * 0x1p-53;
  }

  /// A request at `replica` was answered; true if it is eligible again because of it.
  boolean succeeded(Route route, Replica replica) {
    Health before = replica.health();
    if (before.isSpotless() || before.onSuccess(panic).equals(before)) {
      return false;
    }
    Health after = replica.health(health -> health.onSuccess(panic));
    OutlierRule rule = route.rule().outlier();
    if (before.isAvailable(rule) != after.isAvailable(rule)) {
      synchronized (ejection) {
        judgePanic(route);
      }
    }
    return before.isEjected() && !after.isEjected();
  }

  /// Panic by what is true now. Under the lock.
  private void judgePanic(Route route) {
    OutlierRule rule = route.rule().outlier();
    long available =
        route.replicas().stream()
            .filter(replica -> !replica.isDraining() && replica.health().isAvailable(rule))
            .count();
    boolean now = route.ready() > 1 && available < rule.panicFraction() * route.ready();
    if (now == panic) {
      return;
    }
    panic = now;
    if (now) {
      panics.increment();
    }
    for (int i = 0; i < route.replicas().size(); i++) {
      if (now) {
        route.changed(i);
      } else {
        // What ejected it was nothing of its own: find out soon.
        route.replicas().get(i).health(Health::onPanicEnd);
      }
    }
  }

  /// The route changed.
  void onRoute(Route route) {
    synchronized (ejection) {
      judgePanic(route);
    }
  }

  /// Lets ejections end; true if a replica may be tried again.
  boolean onTime(Route route, long now) {
    boolean again = false;
    for (Replica replica : route.replicas()) {
      Health before = replica.health();
      if (!before.onTime(now).equals(before)) {
        replica.health(health -> health.onTime(now));
        again = true;
      }
    }
    return again;
  }

  /// Looks for outliers; once a second.
  void sweep(Route route, long now) {
    OutlierRule rule = route.rule().outlier();
    int seconds = (int) Math.max(1, rule.windowMillis() / 1000);
    List<Outliers.Sample> samples = new ArrayList<>();
    for (int i = 0; i < route.replicas().size(); i++) {
      Outliers.Sample sample = route.replicas().get(i).outcomes(i, seconds);
      if (!route.replicas().get(i).isDraining()) {
        samples.add(sample);
      }
    }
    for (Outliers.Found found : Outliers.find(samples, rule)) {
      eject(route, route.replicas().get(found.replica()), found.cause(), now);
    }
    if (++sweeps % FORGIVE.toSeconds() == 0) {
      for (Replica replica : route.replicas()) {
        if (replica.health().ejections() > 0) {
          replica.health(Health::onForgive);
        }
      }
    }
  }

  private void eject(Route route, Replica replica, Health.Cause cause, long now) {
    synchronized (ejection) {
      Health before = replica.health();
      if (before.phase() != Health.Phase.HEALTHY) {
        return;
      }
      if (!mayEject(route)) {
        spared.increment();
        return;
      }
      double random = random(replica, now);
      OutlierRule rule = route.rule().outlier();
      count(before, replica.health(health -> health.onOutlier(cause, rule, random, now)), true);
      replica.forgetOutcomes();
      judgePanic(route);
    }
  }

  private static boolean mayEject(Route route) {
    long ejected =
        route.replicas().stream()
            .filter(replica -> !replica.isDraining() && replica.health().isEjected())
            .count();
    double fraction = route.rule().outlier().maxEjectedFraction();
    return ejected < Math.min((int) (fraction * route.ready()), route.ready() - 1);
  }
}
