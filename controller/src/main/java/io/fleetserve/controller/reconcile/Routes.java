package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaPolicy.TargetQps;
import io.fleetserve.api.spec.ServiceSection;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.rollout.Versions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What load balancers are told of a service.
///
/// Every ready replica gets traffic, whatever its version. While a blue-green update is not
/// switched, replicas of the coming version get none, as long as a ready one of another version is
/// there. Draining replicas stay listed, marked, until they are told to stop.
public final class Routes {
  private Routes() {}

  /// The route; empty when the service has no version that can be described.
  public static Optional<ServiceRoute> of(ServiceState state, Instant now) {
    Optional<ServiceVersion> newest = Versions.newest(state.versions());
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    ServiceVersion coming = Versions.desired(state.versions()).orElse(newest.get());
    List<Replica> ready = state.replicas().stream().filter(Routes::routable).toList();
    List<Replica> open =
        hidesComing(coming, ready)
            ? ready.stream().filter(replica -> replica.version() != coming.number()).toList()
            : ready;
    List<ReplicaEndpoint> endpoints =
        Stream.concat(
                open.stream(),
                state.replicas().stream()
                    .filter(replica -> replica.status() == ReplicaStatus.DRAINING))
            .flatMap(replica -> endpoint(state, replica).stream())
            .toList();
    ServiceVersion serving = serving(state, coming, open);
    return Optional.of(
        route(state, serving, endpoints, open.isEmpty() ? emptyReason(state, now) : null));
  }

  private static boolean routable(Replica replica) {
    return replica.isReady() && isReachable(replica);
  }

  private static boolean hidesComing(ServiceVersion coming, List<Replica> ready) {
    return coming.mode() == Rollout.Mode.BLUE_GREEN
        && coming.status() != VersionStatus.ACTIVE
        && ready.stream().anyMatch(replica -> replica.version() != coming.number());
  }

  /// The newest version with a replica in the route; the coming one while there is none.
  private static ServiceVersion serving(
      ServiceState state, ServiceVersion coming, List<Replica> open) {
    return open.stream()
        .map(Replica::version)
        .max(Integer::compare)
        .flatMap(number -> Versions.numbered(state.versions(), number))
        .orElse(coming);
  }

  private static ServiceRoute route(
      ServiceState state,
      ServiceVersion version,
      List<ReplicaEndpoint> endpoints,
      @Nullable String emptyReason) {
    ServiceSection section = version.spec().service();
    String name = state.service().name();
    List<String> hosts =
        Stream.concat(Stream.of(name, name + ".localhost"), section.listen().hosts().stream())
            .map(host -> host.toLowerCase(Locale.ROOT))
            .distinct()
            .toList();
    return new ServiceRoute(
        name,
        version.number(),
        state.service().listenPort(),
        hosts,
        section.loadBalancingPolicy().yamlName(),
        section.replicaPolicy().targetQps() instanceof TargetQps.ByAccelerator map
            ? map.qps()
            : Map.of(),
        section.streamTimeout().toMillis(),
        RouteRules.hold(section.hold()),
        RouteRules.retry(section.retry()),
        RouteRules.outlier(section.outlier()),
        RouteRules.routing(section.routing()),
        RouteRules.protection(section.timeouts(), section.overload(), section.hedge()),
        endpoints,
        emptyReason,
        state.service().ending() ? 0 : state.target(),
        tls(section),
        Stream.concat(Stream.of(version), Versions.desired(state.versions()).stream())
            .anyMatch(Routes::countsTokens),
        agents(state));
  }

  /// Attempts whose agents may have tunnels: a replica that is over is none of them, so its agent
  /// is cut off.
  private static Set<String> agents(ServiceState state) {
    return state.replicas().stream()
        .filter(replica -> replica.status().isAlive() || replica.status() == ReplicaStatus.DRAINING)
        .filter(replica -> section(state, replica).network() != NetworkMode.DIRECT)
        .map(Replica::attemptId)
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  private static boolean countsTokens(ServiceVersion version) {
    Autoscaling rule = version.spec().service().autoscaling();
    return rule != null
        && rule.goals().stream().anyMatch(goal -> goal.metric() == Autoscaling.Metric.TOKENS);
  }

  private static @Nullable TlsRule tls(ServiceSection section) {
    ServiceSection.Tls tls = section.tls();
    return tls == null
        ? null
        : new TlsRule(
            List.of(new TlsRule.Certificate(List.of(), tls.certFile(), tls.keyFile())),
            tls.clientCaFile(),
            tls.clientAuth(),
            false);
  }

  private static boolean isReachable(Replica replica) {
    return replica.agent().host() != null && replica.agent().port() != 0;
  }

  private static Optional<ReplicaEndpoint> endpoint(ServiceState state, Replica replica) {
    String host = replica.agent().host();
    if (host == null || !isReachable(replica)) {
      return Optional.empty();
    }
    ServiceSection section = section(state, replica);
    ServiceSection.Routing routing = section.routing();
    return Optional.of(
        new ReplicaEndpoint(
            replica.id(),
            replica.key().generation(),
            replica.version(),
            host,
            replica.agent().port(),
            replica.machine().accelerator(),
            replica.status() == ReplicaStatus.DRAINING,
            routing.protocol(),
            routing.tls(),
            section.network(),
            section.network() == NetworkMode.DIRECT ? null : replica.attemptId()));
  }

  /// Of its own version: while an update is under way, replicas may differ.
  private static ServiceSection section(ServiceState state, Replica replica) {
    return Versions.numbered(state.versions(), replica.version())
        .or(() -> Versions.newest(state.versions()))
        .map(version -> version.spec().service())
        .orElseThrow();
  }

  private static String emptyReason(ServiceState state, Instant now) {
    ServiceCondition condition = ServiceStatusRule.of(state, now);
    return condition.reason().isEmpty() ? condition.status().name() : condition.reason();
  }
}
