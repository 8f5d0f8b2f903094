package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RetryRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Routes for tests, without a port of their own.
final class Routes {
  private Routes() {}

  static ServiceRoute ready(String service, int replicaPort) {
    return route(
        service,
        0,
        List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", replicaPort, null, false)),
        null);
  }

  static ServiceRoute empty(String service, @Nullable String reason) {
    return route(service, 0, List.of(), reason);
  }

  static ServiceRoute route(
      String service, int port, List<ReplicaEndpoint> endpoints, @Nullable String reason) {
    return new ServiceRoute(
        service,
        1,
        port,
        List.of(),
        "least_load",
        Map.of(),
        0,
        new HoldLimits(10_000, 100, 1 << 20),
        new RetryRule(3, 0.2, true),
        OutlierRule.DEFAULT,
        RoutingRule.DEFAULT,
        ProtectionRule.DEFAULT,
        endpoints,
        reason,
        endpoints.size());
  }
}
