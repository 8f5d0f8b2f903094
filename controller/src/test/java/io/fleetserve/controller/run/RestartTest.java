package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A controller that ends at a bad moment, and its successor on the same home.
final class RestartTest {
  private static final Duration SOON = Duration.ofSeconds(20);
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
    fleet.up("llm", TWO);
    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    await().atMost(SOON).until(() -> balancer.open("llm").size() == 2);
  }

  @AfterEach
  void end() {
    balancer.close();
    fleet.close();
  }

  @Test
  void theSuccessorAdoptsEveryReplicaAndGenerationsGoOn() throws Exception {
    List<Integer> ids = ids(fleet.view("llm"));
    long generation = balancer.applied;

    fleet.restart();

    await().atMost(SOON).until(() -> balancer.applied > generation);
    assertThat(balancer.generations).isSorted();
    assertThat(balancer.open("llm")).hasSize(2);
    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 2);
    assertThat(ids(fleet.view("llm"))).isEqualTo(ids);
    assertThat(fleet.provider.created).hasSize(2);
    assertThat(fleet.provider.terminated).isEmpty();
    await()
        .atMost(SOON)
        .until(() -> fleet.get("/events?service=llm").body().contains("ReplicaAdopted"));
  }

  @Test
  void aReplicaThatDiedMeanwhileIsNoticedAndReplaced() throws Exception {
    fleet.stop();
    fleet.provider.agents("llm").getFirst().kill();

    fleet.restart();

    await()
        .atMost(SOON)
        .until(() ->
            balancer.open("llm").stream()
                .map(ReplicaEndpoint::replicaId)
                .toList()
                .equals(List.of(2, 3)));
  }

  @Test
  void anInstanceThatNoRowKnowsIsEnded() throws Exception {
    String stored = fleet.provider.created.getFirst().ownership().installationId();
    fleet.provider.create(
        new io.fleetserve.provider.CreateSpec(
            "stray1",
            new io.fleetserve.provider.Ownership(stored, "llm", 99, 1),
            fleet.provider.created.getFirst().offer(),
            fleet.provider.created.getFirst().resources(),
            fleet.provider.created.getFirst().boot(),
            java.time.Instant.now()));

    fleet.restart();

    await()
        .atMost(SOON)
        .until(
            () -> fleet.provider.terminated.stream().anyMatch(ref -> ref.id().equals("i-stray1")));
    assertThat(fleet.provider.terminated).hasSize(1);
  }

  @Test
  void anEndThatWasCutOffGoesOn() throws Exception {
    balancer.inFlight = 1;
    await().atMost(SOON).until(() -> fleet.view("llm").inFlight() == 1);
    fleet.delete("/services/llm");

    fleet.restart();
    balancer.inFlight = 0;

    await().atMost(SOON).until(() -> !fleet.exists("llm"));
    assertThat(fleet.provider.agents("llm")).isEmpty();
  }

  private static List<Integer> ids(ServiceView view) {
    return view.replicas().stream().map(ReplicaView::replicaId).toList();
  }
}
