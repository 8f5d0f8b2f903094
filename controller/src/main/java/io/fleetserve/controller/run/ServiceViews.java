package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Masking;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.api.spec.Secret;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.home.ControllerConfig;
import io.fleetserve.controller.load.LoadWindow;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.reconcile.ServiceCondition;
import io.fleetserve.controller.reconcile.ServiceState;
import io.fleetserve.controller.rollout.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rows as people see them. Pure.
final class ServiceViews {
  private ServiceViews() {}

  private static boolean isSecure(Optional<ServiceSpec> spec) {
    return spec.filter(found -> found.service().tls() != null).isPresent();
  }

  /// @param route empty when no version can be read
  /// @param readySince null while the service is not ready
  static ServiceView of(
      ServiceState state,
      ServiceCondition condition,
      Optional<ServiceRoute> route,
      ControllerConfig.Balancer balancer,
      @Nullable Instant readySince,
      LoadWindow load) {
    Optional<ServiceVersion> desired =
        Versions.desired(state.versions()).or(() -> Versions.newest(state.versions()));
    int serving = route.map(ServiceRoute::version).orElse(0);
    Optional<ServiceSpec> spec =
        Versions.numbered(state.versions(), serving).or(() -> desired).map(ServiceVersion::spec);
    List<Replica> replicas = state.replicas();
    Map<ReplicaKey, NetworkMode> ways = load.ways();
    return new ServiceView(
        state.service().name(),
        serving,
        desired.map(ServiceVersion::number).orElse(serving),
        condition.status(),
        condition.reason(),
        (isSecure(spec) ? "https://" : "http://")
            + reachable(balancer.bindHost())
            + ":"
            + state.service().listenPort(),
        route.map(ServiceRoute::hosts).orElse(List.of()),
        balancer.sharedPort(),
        (int) replicas.stream().filter(Replica::isReady).count(),
        (int) replicas.stream().filter(replica -> replica.status().isAlive()).count(),
        state.service().ending() ? 0 : state.target(),
        state.service().createdAt().toEpochMilli(),
        condition.status() == ServiceStatus.READY && readySince != null
            ? readySince.toEpochMilli()
            : 0,
        spec.map(ServiceViews::autoscaling).orElse(""),
        spec.map(found -> found.service().loadBalancingPolicy().yamlName()).orElse(""),
        spec.map(found -> ResourcesText.of(found.resources())).orElse(""),
        replicas.stream()
            .filter(Replica::holdsMachine)
            .mapToDouble(replica -> replica.machine().hourlyPrice())
            .sum(),
        load.held(),
        load.inFlight(),
        replicas.stream()
            .map(replica -> replica(replica, state.inFlight(replica), ways.get(replica.key())))
            .toList());
  }

  private static String reachable(String bindHost) {
    return bindHost.equals("0.0.0.0") || bindHost.equals("::") ? "127.0.0.1" : bindHost;
  }

  private static String autoscaling(ServiceSpec spec) {
    ReplicaPolicy policy = spec.service().replicaPolicy();
    return policy.minReplicas() == policy.maxReplicas()
        ? "fixed, " + policy.minReplicas() + " replicas"
        : Autoscalers.forSpec(spec).name()
            + ", "
            + policy.minReplicas()
            + " to "
            + policy.maxReplicas()
            + " replicas";
  }

  private static ReplicaView replica(Replica replica, int inFlight, @Nullable NetworkMode way) {
    String host = replica.agent().host();
    Instant ready = replica.firstReadyAt();
    return new ReplicaView(
        replica.key().service(),
        replica.id(),
        replica.key().generation(),
        replica.version(),
        replica.status(),
        replica.reason(),
        host == null || replica.agent().port() == 0 ? "" : host + ":" + replica.agent().port(),
        replica.machine().place(),
        replica.machine().offer(),
        replica.machine().hourlyPrice(),
        replica.machine().spot(),
        replica.launchedAt().toEpochMilli(),
        ready == null ? 0 : Duration.between(replica.launchedAt(), ready).toMillis(),
        inFlight,
        way,
        replica.agent().restarts(),
        replica.agent().agentPid(),
        replica.agent().serverPid());
  }

  static VersionView version(ServiceVersion version) {
    return new VersionView(
        version.service(),
        version.number(),
        version.status(),
        version.reason(),
        version.change(),
        version.createdAt().toEpochMilli(),
        masked(version));
  }

  /// The service file without the values of its secrets.
  private static String masked(ServiceVersion version) {
    String yaml = Masking.mask(version.source().yaml());
    for (Secret secret : version.spec().secrets().values()) {
      if (!secret.reveal().isBlank()) {
        yaml = yaml.replace(secret.reveal(), secret.toString());
      }
    }
    return yaml;
  }
}
