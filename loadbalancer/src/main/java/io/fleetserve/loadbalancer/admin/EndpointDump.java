package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the endpoints page shows: the snapshot in use with live counters.
///
/// @param generation in effect; -1 for none
/// @param refused why the last update was refused; null when it was applied
record EndpointDump(
    String installationId,
    long generation,
    boolean connected,
    @Nullable String refused,
    List<ServiceDump> services) {
  EndpointDump {
    services = List.copyOf(services);
  }

  /// One service.
  ///
  /// @param port open one; 0 while it is not open
  record ServiceDump(
      String service,
      int port,
      int version,
      String policy,
      @Nullable String emptyReason,
      ServiceLoad load,
      List<ReplicaDump> replicas) {
    ServiceDump {
      replicas = List.copyOf(replicas);
    }

    static ServiceDump of(Service service, int port, ServiceLoad load) {
      var rule = service.route().rule();
      return new ServiceDump(
          service.name(),
          port,
          rule.version(),
          rule.policy(),
          rule.emptyReason(),
          load,
          service.known().stream().map(ReplicaDump::of).toList());
    }
  }

  /// One replica.
  ///
  /// @param health phase of passive health
  record ReplicaDump(
      int replicaId,
      int generation,
      int version,
      String address,
      @Nullable String accelerator,
      boolean draining,
      boolean removed,
      String health,
      int inFlight,
      long completions,
      long failures) {
    static ReplicaDump of(Replica replica) {
      return new ReplicaDump(
          replica.key().replicaId(),
          replica.key().generation(),
          replica.version(),
          replica.address().getHostString() + ":" + replica.address().getPort(),
          replica.accelerator(),
          replica.isDraining(),
          replica.isRemoved(),
          replica.health().phase().name(),
          replica.inFlight(),
          replica.completions(),
          replica.failures());
    }
  }
}
