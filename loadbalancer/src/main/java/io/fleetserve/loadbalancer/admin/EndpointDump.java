package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.loadbalancer.endpoint.Health;
import io.fleetserve.loadbalancer.endpoint.Health.Phase;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import java.util.List;
import java.util.Locale;
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
  /// @param panic so few replicas are available that their health is ignored
  record ServiceDump(
      String service,
      int port,
      int version,
      String policy,
      boolean panic,
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
          service.health().isPanic(),
          rule.emptyReason(),
          load,
          service.known().stream().map(ReplicaDump::of).toList());
    }
  }

  /// One replica.
  ///
  /// @param health phase of passive health
  /// @param reason of the last ejection, `none` before
  /// @param ejections in a row; forgotten one by one in good health
  /// @param ejectedMillis left of the ejection; 0 when it is in the choice
  /// @param warmth part of its weight that a replica has while it warms up; 1 when it is warm
  /// @param failures all; of those `connectFailures` without a connection, `errorAnswers` by status
  record ReplicaDump(
      int replicaId,
      int generation,
      int version,
      String address,
      @Nullable String accelerator,
      boolean draining,
      boolean removed,
      String health,
      String reason,
      int ejections,
      long ejectedMillis,
      double warmth,
      int inFlight,
      long completions,
      long failures,
      long connectFailures,
      long errorAnswers) {
    static ReplicaDump of(Replica replica) {
      Health health = replica.health();
      long left = health.phase() == Phase.EJECTED ? health.until() - System.nanoTime() : 0;
      return new ReplicaDump(
          replica.key().replicaId(),
          replica.key().generation(),
          replica.version(),
          replica.address().getHostString() + ":" + replica.address().getPort(),
          replica.accelerator(),
          replica.isDraining(),
          replica.isRemoved(),
          health.phase().name(),
          health.cause().name().toLowerCase(Locale.ROOT),
          health.ejections(),
          Math.max(0, left / 1_000_000),
          replica.warmth(),
          replica.inFlight(),
          replica.completions(),
          replica.failures(),
          replica.connectFailures(),
          replica.errorStatuses());
    }
  }
}
