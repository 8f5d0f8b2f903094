package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.status.ReplicaStatus.DRAINING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.NOT_READY;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.SHUTTING_DOWN;
import static io.fleetserve.api.status.ReplicaStatus.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Goal;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.ClientAuth;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.spec.ReplicaTls;
import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.fixture.States;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RoutesAndStatusTest {
  private static final Instant START = VirtualClock.EPOCH;
  private static final Instant NOW = START.plusSeconds(1);
  private static final ServiceSpec SPEC = Specs.between(0, 4).build();
  private static final ServiceVersion ACTIVE = States.version(1, VersionStatus.ACTIVE, true, SPEC);

  @Test
  void readyAndDrainingReplicasAreInTheRouteAndNothingElse() {
    ServiceRoute route =
        route(
            States.of(
                4,
                List.of(ACTIVE),
                List.of(
                    in(READY, 1),
                    in(DRAINING, 2),
                    in(NOT_READY, 3),
                    in(STARTING, 4),
                    in(SHUTTING_DOWN, 5))));

    assertThat(route.endpoints())
        .containsExactly(endpoint(1, 40_001, false), endpoint(2, 40_002, true));
    assertThat(route.agents()).containsExactlyInAnyOrder("a1", "a2", "a3", "a4");
    assertThat(route.emptyReason()).isNull();
    assertThat(route.hosts()).containsExactly("svc", "svc.localhost");
    assertThat(route.wanted()).isEqualTo(4);
    assertThat(route.policy()).isEqualTo("least_load");
  }

  private static ReplicaEndpoint endpoint(int id, int port, boolean draining) {
    return new ReplicaEndpoint(
        id,
        1,
        1,
        "127.0.0.1",
        port,
        null,
        draining,
        ReplicaProtocol.HTTP1,
        null,
        NetworkMode.AUTO,
        "a" + id);
  }

  @Test
  void agentsOfReplicasThatAreReachedDirectlyMayHaveNoTunnels() {
    ServiceSpec spec = Specs.between(0, 4).network(NetworkMode.DIRECT).build();
    ServiceVersion version = States.version(1, VersionStatus.ACTIVE, true, spec);

    ServiceRoute route = route(States.of(1, List.of(version), List.of(in(READY, 1))));

    assertThat(route.agents()).isEmpty();
    assertThat(route.endpoints().getFirst().network()).isEqualTo(NetworkMode.DIRECT);
    assertThat(route.endpoints().getFirst().attemptId()).isNull();
  }

  @Test
  void agentOfAReplicaThatIsOverIsCutOff() {
    ServiceRoute route = route(States.of(1, List.of(ACTIVE), List.of(in(READY, 1), in(FAILED, 2))));

    assertThat(route.agents()).containsExactly("a1");
  }

  @Test
  void certificatesAndTheProtocolOfReplicasTravelToLoadBalancers() {
    ReplicaTls upstream = new ReplicaTls(true, "/upstream.pem", "model.internal");
    ServiceSpec spec =
        Specs.between(0, 4).tls("/c.pem", "/k.pem").protocol(ReplicaProtocol.H2, upstream).build();
    ServiceVersion version = States.version(1, VersionStatus.ACTIVE, true, spec);

    ServiceRoute route = route(States.of(1, List.of(version), List.of(in(READY, 1))));

    assertThat(route.tls())
        .isEqualTo(
            new TlsRule(
                List.of(new TlsRule.Certificate(List.of(), "/c.pem", "/k.pem")),
                "/ca.pem",
                ClientAuth.REQUEST,
                false));
    assertThat(route.endpoints().getFirst().tls()).isEqualTo(upstream);
    assertThat(route.endpoints().getFirst().speaksHttp2()).isTrue();
  }

  @Test
  void tokensAreCountedWhereTheServingOrTheComingVersionScalesByThem() {
    ServiceVersion byTokens =
        States.version(
            2,
            VersionStatus.ROLLING_OUT,
            false,
            Specs.between(0, 4).metrics(Goal.of(Metric.TOKENS, 100)).build());

    assertThat(route(States.of(1, List.of(ACTIVE), List.of(in(READY, 1)))).countsTokens())
        .isFalse();
    assertThat(route(States.of(1, List.of(ACTIVE, byTokens), List.of(in(READY, 1)))).countsTokens())
        .isTrue();
  }

  @Test
  void routeWithoutAReadyReplicaAlwaysSaysWhy() {
    assertThat(route(States.of(0, List.of(ACTIVE), List.of())).emptyReason())
        .isEqualTo("scaled to zero: a request wakes it");
    assertThat(route(States.of(1, List.of(ACTIVE), List.of(in(DRAINING, 1)))).emptyReason())
        .contains("0 of 1 replicas are ready");
    assertThat(route(States.of(2, List.of(ACTIVE), List.of(in(STARTING, 1)))).emptyReason())
        .contains("0 of 2 replicas are ready; replica 1 STARTING");
    assertThat(route(States.ending(List.of(ACTIVE), List.of(in(DRAINING, 1)))).emptyReason())
        .contains("1 replicas are left to end");
  }

  @Test
  void blueGreenHidesTheComingVersionUntilItIsActive() {
    ServiceSpec green =
        Specs.between(0, 4).rollout(Rollout.Mode.BLUE_GREEN, 1, 0).run("exec v2").build();
    List<Replica> both = List.of(in(READY, 1), Replicas.in(READY, 2, 2, START));

    ServiceRoute before =
        route(
            States.of(
                1,
                List.of(ACTIVE, States.version(2, VersionStatus.ROLLING_OUT, true, green)),
                both));
    ServiceRoute after =
        route(
            States.of(
                1,
                List.of(
                    States.version(1, VersionStatus.RETIRED, true, SPEC),
                    States.version(2, VersionStatus.ACTIVE, true, green)),
                List.of(in(DRAINING, 1), Replicas.in(READY, 2, 2, START))));

    assertThat(before.endpoints()).extracting(ReplicaEndpoint::replicaId).containsExactly(1);
    assertThat(before.version()).isEqualTo(1);
    assertThat(after.endpoints())
        .extracting(ReplicaEndpoint::draining)
        .containsExactly(false, true);
    assertThat(after.version()).isEqualTo(2);
  }

  @Test
  void rollingUpdateServesBothVersions() {
    ServiceVersion second =
        States.version(
            2, VersionStatus.ROLLING_OUT, true, Specs.between(0, 4).run("exec v2").build());

    ServiceRoute route =
        route(
            States.of(
                2,
                List.of(ACTIVE, second),
                List.of(in(READY, 1), Replicas.in(READY, 2, 2, START))));

    assertThat(route.endpoints()).hasSize(2);
    assertThat(route.version()).isEqualTo(2);
  }

  @Test
  void statusIsTruthful() {
    ServiceVersion pending = States.version(1, VersionStatus.PENDING, false, SPEC);
    ServiceVersion failed = States.version(2, VersionStatus.FAILED, false, SPEC);
    ServiceVersion zero = States.version(1, VersionStatus.ACTIVE, false, Specs.fixed(0).build());

    assertStatus(States.of(1, List.of(pending), List.of()), ServiceStatus.CONTROLLER_INIT, "begun");
    assertStatus(
        States.of(2, List.of(ACTIVE), List.of(in(STARTING, 1))),
        ServiceStatus.REPLICA_INIT,
        "0 of 2");
    assertStatus(States.of(1, List.of(ACTIVE), List.of(in(READY, 1))), ServiceStatus.READY, "");
    assertStatus(
        States.of(2, List.of(ACTIVE), List.of(in(READY, 1))), ServiceStatus.READY, "1 of 2");
    assertStatus(
        States.of(1, List.of(ACTIVE, failed), List.of(in(READY, 1))),
        ServiceStatus.READY,
        "version 2 failed");
    assertStatus(
        States.of(1, List.of(failed), List.of()), ServiceStatus.FAILED, "version 2 failed");
    assertStatus(States.of(0, List.of(ACTIVE), List.of()), ServiceStatus.NO_REPLICA, "wakes");
    assertStatus(
        States.of(0, List.of(zero), List.of()), ServiceStatus.NO_REPLICA, "0 replicas are wanted");
    assertStatus(
        States.of(1, List.of(ACTIVE), List.of(Replicas.in(FAILED_PROVISION, 1, 1, START))),
        ServiceStatus.REPLICA_INIT,
        "FAILED_PROVISION");
    assertStatus(
        States.of(
            1,
            List.of(ACTIVE),
            List.of(
                Replicas.in(FAILED_PROVISION, 1, 1, START),
                Replicas.in(FAILED_PROVISION, 2, 1, START),
                Replicas.in(FAILED_PROVISION, 3, 1, START))),
        ServiceStatus.FAILED,
        "next try in 3 s");
    Replica stuck = in(SHUTTING_DOWN, 1);
    assertStatus(
        States.ending(
            List.of(ACTIVE), List.of(stuck.withCleanup(stuck.cleanup().withFailure(START)))),
        ServiceStatus.FAILED_CLEANUP,
        "tried again");
  }

  private static void assertStatus(ServiceState state, ServiceStatus status, String reason) {
    ServiceCondition condition = ServiceStatusRule.of(state, NOW);
    assertThat(condition.status()).as(condition.reason()).isEqualTo(status);
    assertThat(condition.reason()).contains(reason);
  }

  private static Replica in(ReplicaStatus status, int id) {
    return Replicas.in(status, id, 1, START);
  }

  private static ServiceRoute route(ServiceState state) {
    return Routes.of(state, NOW).orElseThrow();
  }
}
