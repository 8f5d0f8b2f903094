package io.fleetserve.controller.run;

import static io.fleetserve.controller.run.TestFleet.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.RollbackRequest;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.api.wire.VersionView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services from birth to end, with real HTTP, a real store and machines that are threads.
final class ServiceLifeTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String TWO = "readiness_probe: /health\nreplicas: 2\n";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  @SuppressWarnings("NullAway.Init")
  private FakeBalancer balancer;

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet(folder.resolve("home"));
    balancer = fleet.balancer();
  }

  @AfterEach
  void end() {
    balancer.close();
    fleet.close();
  }

  @Test
  void aServiceGetsReadyIsRoutedAndEndsWithNothingLeft() throws Exception {
    assertThat(fleet.up("llm", TWO).statusCode()).isEqualTo(201);
    awaitReady("llm", 2);

    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(balancer.open("llm"))
                .extracting(ReplicaEndpoint::port)
                .containsExactly(10_001, 10_002));
    assertThat(fleet.view("llm").version()).isEqualTo(1);

    assertThat(fleet.delete("/services/llm").statusCode()).isEqualTo(202);
    await().atMost(SOON).until(() -> !fleet.exists("llm"));
    assertThat(fleet.provider.agents("llm")).isEmpty();
    assertThat(fleet.provider.terminated).hasSize(2);
    await().atMost(SOON).until(() -> balancer.route("llm").isEmpty());
    assertThat(fleet.get("/events?service=llm").body())
        .contains(
            "ServiceCreated", "ReplicaReady", "ServiceReady", "ServiceEnding", "ServiceEnded");
  }

  @Test
  void requestsInFlightAreWaitedForBeforeAReplicaIsStopped() throws Exception {
    fleet.up("llm", "readiness_probe: /health\nreplicas: 1\n");
    awaitReady("llm", 1);
    balancer.inFlight = 1;
    await().atMost(SOON).until(() -> fleet.view("llm").inFlight() == 1);

    fleet.delete("/services/llm");

    await()
        .atMost(SOON)
        .until(() -> balancer.route("llm").orElseThrow().endpoints().getFirst().draining());
    await()
        .during(Duration.ofMillis(600))
        .atMost(SOON)
        .until(() -> fleet.view("llm").replicas().getFirst().status() == ReplicaStatus.DRAINING);
    balancer.inFlight = 0;
    await().atMost(SOON).until(() -> !fleet.exists("llm"));
  }

  /// D.B-23: as long as a load balancer may still send requests there, a replica serves.
  @Test
  void noReplicaIsStoppedBeforeEveryLoadBalancerHasTakenItOut() throws Exception {
    fleet.up("llm", "readiness_probe: /health\nreplicas: 1\n");
    awaitReady("llm", 1);
    await().atMost(SOON).until(() -> balancer.open("llm").size() == 1);
    balancer.fallBehind();

    fleet.delete("/services/llm");

    await()
        .atMost(SOON)
        .until(() -> fleet.view("llm").replicas().getFirst().status() == ReplicaStatus.DRAINING);
    await()
        .during(Duration.ofMillis(600))
        .atMost(SOON)
        .until(() -> fleet.view("llm").replicas().getFirst().status() == ReplicaStatus.DRAINING);
    assertThat(fleet.provider.terminated).isEmpty();
    balancer.catchUp();
    await().atMost(SOON).until(() -> !fleet.exists("llm"));
  }

  @Test
  void providerThatAnswersNoQuestionHoldsUpNothingButItsLaunches() throws Exception {
    fleet.up("llm", "readiness_probe: /health\nreplicas: 1\n");
    awaitReady("llm", 1);
    // A refusal makes what is known of offers worthless: they are asked for again.
    CountDownLatch answered = new CountDownLatch(1);
    fleet.provider.mode = FakeProvider.Mode.REJECT;
    fleet.provider.offersAnswered = answered;
    int before = fleet.provider.offersAsked.get();
    fleet.delete("/services/llm/replicas/1");
    await().atMost(SOON).until(() -> fleet.provider.offersAsked.get() > before);

    assertThat(fleet.get("/services/llm/versions").statusCode()).isEqualTo(200);
    fleet.provider.mode = FakeProvider.Mode.ACCEPT;
    answered.countDown();

    awaitReady("llm", 1);
  }

  @Test
  void anUpdateReplacesEveryReplicaAndRollbackGoesBack() throws Exception {
    fleet.up("llm", TWO);
    awaitReady("llm", 2);

    var update =
        fleet.post("/services/llm/versions", TestFleet.file("llm", TWO, "exec other-server"));

    assertThat(update.statusCode()).isEqualTo(201);
    assertThat(Json.MAPPER.readValue(update.body(), VersionView.class).version()).isEqualTo(2);
    awaitVersion("llm", 2);
    awaitReady("llm", 2);
    assertThat(fleet.view("llm").replicas())
        .filteredOn(replica -> replica.status() == ReplicaStatus.READY)
        .extracting(ReplicaView::replicaId)
        .doesNotContain(1, 2);

    assertThat(fleet.post("/services/llm/rollback", new RollbackRequest(null)).statusCode())
        .isEqualTo(201);
    awaitVersion("llm", 3);
    assertThat(fleet.provider.created.getLast().boot().task().run()).isEqualTo("exec server");
    assertThat(fleet.get("/services/llm/versions").body()).contains("rollback to 1");
  }

  @Test
  void aChangeOfTheServiceSectionAloneRestartsNothing() throws Exception {
    fleet.up("llm", TWO);
    awaitReady("llm", 2);
    int made = fleet.provider.created.size();
    var change = TestFleet.file("llm", TWO + "load_balancing_policy: round_robin\n", "exec server");

    Plan plan = Json.MAPPER.readValue(fleet.post("/plans", change).body(), Plan.class);
    fleet.post("/services/llm/versions", change);

    assertThat(plan.inPlace()).isTrue();
    assertThat(plan.version()).isEqualTo(2);
    awaitVersion("llm", 2);
    await()
        .atMost(SOON)
        .until(() -> fleet.provider.agents("llm").stream().allMatch(agent -> agent.version() == 2));
    assertThat(fleet.provider.created).hasSize(made);
    assertThat(fleet.view("llm").loadBalancingPolicy()).isEqualTo("round_robin");
    await()
        .atMost(SOON)
        .until(() -> balancer.route("llm").orElseThrow().policy().equals("round_robin"));
  }

  @Test
  void aVersionThatNeverGetsReadyLeavesTheOldOneServingAndSaysWhy() throws Exception {
    fleet.up("llm", TWO);
    awaitReady("llm", 2);
    fleet.provider.behaviour = FakeAgent.Behaviour.FAILS;

    fleet.post("/services/llm/versions", TestFleet.file("llm", TWO, "exec broken"));

    await()
        .atMost(SOON)
        .until(() -> fleet.get("/services/llm/versions").body().contains("exited with 7"));
    awaitReady("llm", 2);
    assertThat(fleet.view("llm").version()).isEqualTo(1);
    assertThat(fleet.view("llm").reason()).contains("version 2 failed", "no such weights");
  }

  @Test
  void aServiceIsNotCalledReadyBeforeALoadBalancerHasOpenedItsPort() throws Exception {
    balancer.close();
    fleet.up("llm", TWO);
    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    assertThat(fleet.view("llm").status()).isEqualTo(ServiceStatus.REPLICA_INIT);
    assertThat(fleet.view("llm").reason()).contains("waiting for the load balancer");

    balancer = fleet.balancer();

    await().atMost(SOON).until(() -> fleet.view("llm").status() == ServiceStatus.READY);
  }

  @Test
  void aFirstVersionThatFailsMakesTheServiceFailed() throws Exception {
    fleet.provider.behaviour = FakeAgent.Behaviour.FAILS;

    fleet.up("llm", "readiness_probe: /\nreplicas: 1\n");

    await().atMost(SOON).until(() -> fleet.view("llm").status() == ServiceStatus.FAILED);
    assertThat(fleet.view("llm").reason()).contains("exited with 7", "no such weights");
  }

  @Test
  void aKilledAgentIsNoticedAndItsReplicaReplaced() throws Exception {
    fleet.up("llm", TWO);
    awaitReady("llm", 2);

    fleet.provider.agents("llm").getFirst().kill();

    await()
        .atMost(SOON)
        .until(() ->
            fleet.view("llm").replicas().stream().anyMatch(replica -> replica.replicaId() == 3));
    awaitReady("llm", 2);
    await().atMost(SOON).until(() -> !fleet.provider.terminated.isEmpty());
  }

  @Test
  void aReplicaEndedOnRequestIsReplaced() throws Exception {
    fleet.up("llm", TWO);
    awaitReady("llm", 2);

    assertThat(fleet.delete("/services/llm/replicas/1").statusCode()).isEqualTo(202);

    await()
        .atMost(SOON)
        .until(() ->
            fleet.view("llm").replicas().stream().noneMatch(replica -> replica.replicaId() == 1)
                && fleet.view("llm").readyReplicas() == 2);
    assertThat(problem(fleet.delete("/services/llm/replicas/77")).type())
        .isEqualTo("/problems/no-such-replica");
  }

  @Test
  void anAnswerThatWasLostIsAdoptedAndNothingIsMadeTwice() throws Exception {
    fleet.provider.mode = FakeProvider.Mode.MAKE_AND_LOSE_THE_ANSWER;

    fleet.up("llm", "readiness_probe: /\nreplicas: 1\n");

    awaitReady("llm", 1);
    assertThat(fleet.provider.created).hasSize(1);
  }

  @Test
  void aCallThatWasLostIsMadeAgainWithAnotherAttempt() throws Exception {
    fleet.provider.mode = FakeProvider.Mode.LOSE_THE_CALL;
    fleet.up("llm", "readiness_probe: /\nreplicas: 1\n");
    await().atMost(SOON).until(() -> !fleet.provider.created.isEmpty());

    fleet.provider.mode = FakeProvider.Mode.ACCEPT;

    awaitReady("llm", 1);
    assertThat(fleet.provider.created).extracting(spec -> spec.attemptId()).doesNotHaveDuplicates();
    assertThat(fleet.provider.agents("llm")).hasSize(1);
  }

  @Test
  void zeroReplicasSucceedAtOnceAndAWaitingRequestWakesTheService() throws Exception {
    fleet.up(
        "llm",
        "readiness_probe: /\nreplica_policy: {min_replicas: 0, max_replicas: 2,"
            + " target_qps_per_replica: 5}\n");
    await().atMost(SOON).until(() -> fleet.view("llm").status() == ServiceStatus.NO_REPLICA);
    assertThat(balancer.route("llm").orElseThrow().emptyReason()).contains("scaled to zero");

    balancer.held = 1;

    await().atMost(SOON).until(() -> !balancer.open("llm").isEmpty());
    assertThat(fleet.get("/events?service=llm").body()).contains("\"Wake\"");
  }

  private void awaitReady(String service, int count) {
    await()
        .atMost(SOON)
        .until(() -> {
          ServiceView view = fleet.view(service);
          return view.readyReplicas() == count && view.totalReplicas() == count;
        });
  }

  private void awaitVersion(String service, int version) {
    await()
        .atMost(SOON)
        .until(() ->
            List.of(
                    Json.MAPPER.readValue(
                        fleet.get("/services/" + service + "/versions").body(),
                        VersionView[].class))
                .stream()
                .anyMatch(view ->
                    view.version() == version
                        && view.status() == io.fleetserve.api.status.VersionStatus.ACTIVE));
  }
}
