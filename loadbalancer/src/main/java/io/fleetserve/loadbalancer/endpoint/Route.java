package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.loadbalancer.policy.Hashes;
import io.fleetserve.loadbalancer.policy.Policy;
import io.fleetserve.loadbalancer.policy.SessionHash;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one routing table says of a service: immutable but for what its policy keeps. Thread-safe.
public final class Route {
  private final ServiceRoute rule;
  private final List<Replica> replicas;
  private final RouteLoads loads;
  private final Policy policy;
  private final int ready;
  private final boolean measuresFirstByte;
  private final boolean hashesClients;
  private final boolean hasSessions;
  private final boolean readsHeads;

  /// @param condition of the service, which outlives the route
  Route(ServiceRoute rule, List<Replica> replicas, RouteLoads.Condition condition) {
    this.rule = rule;
    this.replicas = List.copyOf(replicas);
    loads = new RouteLoads(rule, this.replicas, condition);
    RoutingRule routing = rule.routing();
    measuresFirstByte = rule.policy().equals("peak_ewma");
    hashesClients = rule.policy().equals("consistent_hash");
    hasSessions = routing.sessionHeader() != null || routing.sessionCookie() != null;
    readsHeads = hashesClients || hasSessions || rule.protection().fairHeader() != null;
    Policy byLoad = Policy.of(rule.policy(), loads);
    policy =
        hashesClients || hasSessions
            ? new SessionHash(loads, identities(this.replicas), byLoad)
            : byLoad;
    ready = (int) replicas.stream().filter(replica -> !replica.isDraining()).count();
  }

  private static long[] identities(List<Replica> replicas) {
    // A replica that starts again is another one: what it had cached is gone.
    return replicas.stream()
        .mapToLong(replica ->
            Hashes.mix((long) replica.key().replicaId() << 32 | replica.key().generation()))
        .toArray();
  }

  public ServiceRoute rule() {
    return rule;
  }

  /// Ready and draining ones.
  public List<Replica> replicas() {
    return replicas;
  }

  /// Replicas that the controller calls ready.
  public int ready() {
    return ready;
  }

  /// Whether a header or a cookie names the session of a request.
  public boolean hasSessions() {
    return hasSessions;
  }

  /// Whether requests without a named session belong to one by the client's address.
  public boolean hashesClients() {
    return hashesClients;
  }

  /// Whether something in the heads of requests decides what becomes of them.
  public boolean readsHeads() {
    return readsHeads;
  }

  /// Whether replicas take only so many requests at once.
  public boolean isLimited() {
    return rule.routing().maxInFlight() > 0;
  }

  /// Requests that can be at replicas at once; 0 without a limit.
  public int places() {
    return (int) Math.min(Integer.MAX_VALUE, (long) ready * rule.routing().maxInFlight());
  }

  /// Whether the policy goes by the times to the first byte.
  public boolean measuresFirstByte() {
    return measuresFirstByte;
  }

  /// The load of a replica changed, or whether it may be chosen.
  void changed(int index) {
    policy.changed(index);
  }

  /// The warmth of a replica changed.
  void weighed(int index) {
    policy.weighed(index);
  }

  /// Chooses a replica and counts the request there; null when none is eligible.
  ///
  /// @param turn a counter of the service: equal replicas take turns
  /// @param key hash of the session, or [Policy#NO_KEY]
  /// @param avoid replicas that failed this request already; none of them is chosen
  public @Nullable Replica acquire(long turn, long key, Set<Replica> avoid) {
    for (int tries = 0; tries < 4; tries++) {
      int index = policy.choose(turn + tries, key, tries);
      if (index < 0) {
        return null;
      }
      Replica replica = replicas.get(index);
      if (!avoid.contains(replica) && loads.acquire(index)) {
        return replica;
      }
    }
    return acquireByScan(turn, avoid);
  }

  /// The rare way: O(n).
  private @Nullable Replica acquireByScan(long turn, Set<Replica> avoid) {
    while (true) {
      int best = -1;
      double leastBusy = Double.MAX_VALUE;
      int offset = (int) Math.floorMod(turn, (long) Math.max(1, replicas.size()));
      for (int i = 0; i < replicas.size(); i++) {
        int index = (i + offset) % replicas.size();
        if (loads.isEligible(index)
            && !avoid.contains(replicas.get(index))
            && loads.busyness(index) < leastBusy) {
          best = index;
          leastBusy = loads.busyness(index);
        }
      }
      if (best < 0) {
        return null;
      }
      if (loads.acquire(best)) {
        return replicas.get(best);
      }
    }
  }
}
