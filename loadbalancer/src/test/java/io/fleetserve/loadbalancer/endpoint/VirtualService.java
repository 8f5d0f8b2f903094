package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RetryRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.loadbalancer.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A service `svc` in virtual time, with replicas that nobody connects to.
final class VirtualService {
  private static final long TICK = Duration.ofMillis(100).toNanos();

  private final Routing routing = new Routing(1, () -> this.now);
  private final String policy;
  private OutlierRule outlier = OutlierRule.DEFAULT;
  private RoutingRule rule = RoutingRule.DEFAULT;
  private long generation;
  private long now = 1;

  VirtualService(String policy) {
    this.policy = policy;
  }

  VirtualService outlier(OutlierRule changed) {
    outlier = changed;
    return this;
  }

  VirtualService routing(RoutingRule changed) {
    rule = changed;
    return this;
  }

  /// Routes to replicas with these numbers.
  Service route(int... ids) {
    List<ReplicaEndpoint> endpoints =
        IntStream.of(ids)
            .mapToObj(id -> new ReplicaEndpoint(id, 1, 1, "127.0.0.1", 1, null, false))
            .toList();
    ServiceRoute route =
        new ServiceRoute(
            "svc",
            1,
            0,
            List.of(),
            policy,
            Map.of(),
            0,
            new HoldLimits(1000, 10, 100),
            new RetryRule(3, 0.2, true),
            outlier,
            rule,
            ProtectionRule.DEFAULT,
            endpoints,
            endpoints.isEmpty() ? "test" : null,
            endpoints.size());
    routing.apply(new EndpointSnapshot("i", ++generation, true, List.of(route)));
    return service();
  }

  Service service() {
    return Objects.requireNonNull(routing.table().byName().get("svc"));
  }

  long now() {
    return now;
  }

  /// Lets time pass, tick by tick.
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (now < end) {
      now = Math.min(end, now + TICK);
      service().onTime(now);
    }
  }

  Replica replica(int id) {
    return service().route().replicas().stream()
        .filter(replica -> replica.key().replicaId() == id)
        .findFirst()
        .orElseThrow();
  }

  @Nullable Replica acquire() {
    return service().acquire(Policy.NO_KEY, Set.of());
  }

  /// One request that is answered, well or by an error.
  ///
  /// @return the replica; null when none took it
  @Nullable Replica request(java.util.function.Predicate<Replica> fails) {
    Replica replica = acquire();
    if (replica == null) {
      return null;
    }
    if (fails.test(replica)) {
      service().failed(replica, Fault.ERROR_STATUS, now);
    } else {
      service().succeeded(replica);
      replica.completed();
    }
    replica.release();
    return replica;
  }
}
