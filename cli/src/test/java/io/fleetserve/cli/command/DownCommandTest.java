package io.fleetserve.cli.command;

import static io.fleetserve.cli.view.Views.replica;
import static io.fleetserve.cli.view.Views.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.ServiceView;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownCommandTest {
  private static final ServiceView LLM =
      service(
          ServiceStatus.READY,
          1,
          1,
          2,
          replica(1, 1, ReplicaStatus.READY),
          replica(2, 1, ReplicaStatus.READY));
  private static final ServiceView TEST = service("test-1", "", ServiceStatus.NO_REPLICA, 1, 1, 0);

  @TempDir Path home;
  private FakeController controller;

  DownCommandTest() {}

  @BeforeEach
  void start() {
    controller =
        FakeController.start(home)
            .json("GET /services", List.of(LLM, TEST), List.of())
            .json("DELETE /services/llm?purge=false", LLM)
            .json("DELETE /services/test-1?purge=false", TEST)
            .json("DELETE /services/test-1?purge=true", TEST)
            .events("GET /services/test-1/watch", "service", TEST, "gone", "");
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void followsUntilGoneAndListsWhatWasEnded() {
    controller.events("GET /services/llm/watch", "service", LLM, "gone", "");

    Call down = Call.serve(home, "down", "llm");

    assertThat(down.exit()).as(down.toString()).isZero();
    assertThat(down.out()).endsWith("llm is gone: 2 replicas ended, nothing is left.\n");
    assertThat(controller.requests()).last().isEqualTo("GET /services");
  }

  @Test
  void allAndGlobsPickServices() {
    controller.events("GET /services/llm/watch", "gone", "");

    Call all = Call.serve(home, "down", "--all", "-o", "json");

    assertThat(all.exit()).isZero();
    assertThat(Json.MAPPER.readTree(all.out()).get("ended").toString())
        .isEqualTo("[\"llm\",\"test-1\"]");
  }

  @Test
  void globWithPurge() {
    Call down = Call.serve(home, "down", "te*", "--purge", "-y");

    assertThat(down.exit()).isZero();
    assertThat(controller.requests()).contains("DELETE /services/test-1?purge=true");
    assertThat(controller.requests()).noneMatch(request -> request.contains("llm"));
  }

  @Test
  void unknownNameEndsNothing() {
    Call down = Call.serve(home, "down", "llm", "nope", "x*");

    assertThat(down.exit()).isEqualTo(1);
    assertThat(down.err()).contains("no service nope", "No service fits x*", "llm, test-1");
    assertThat(controller.requests()).noneMatch(request -> request.startsWith("DELETE"));
  }

  @Test
  void serviceThatIsStillListedFailsTheProof() {
    try (FakeController stubborn = FakeController.start(home)) {
      stubborn
          .json("GET /services", List.of(LLM))
          .json("DELETE /services/llm?purge=false", LLM)
          .events("GET /services/llm/watch", "gone", "");

      Call down = Call.serve(home, "down", "llm");

      assertThat(down.exit()).isEqualTo(1);
      assertThat(down.err()).contains("llm is still listed");
    }
  }

  @Test
  void failedCleanupIsReported() {
    controller.events(
        "GET /services/llm/watch", "service", service(ServiceStatus.FAILED_CLEANUP, 1, 1, 0));

    Call down = Call.serve(home, "down", "llm");

    assertThat(down.exit()).isEqualTo(1);
    assertThat(down.err()).contains("llm is not gone", "--purge");
  }

  @Test
  void oneReplicaIsEnded() {
    controller
        .json("DELETE /services/llm/replicas/2", LLM)
        .events(
            "GET /services/llm/watch",
            "service",
            LLM,
            "service",
            service(ServiceStatus.READY, 1, 1, 2, replica(1, 1, ReplicaStatus.READY)));

    Call down = Call.serve(home, "down", "llm", "--replica-id", "2");

    assertThat(down.exit()).as(down.toString()).isZero();
    assertThat(down.out()).contains("Replica 2 of llm is gone");
  }

  @Test
  void replicaThatIsNotThereIsRefused() {
    assertThat(Call.serve(home, "down", "llm", "--replica-id", "9").err())
        .contains("no live replica 9");
  }
}
