package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of what serves, under load.
final class ReplicaKillIT {
  @TempDir Path folder;

  @Test
  void killedServerFailsNoRepeatableRequestAndIsReplaced() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.TINY_LLM);
      URI url = fleet.url("tiny-llm");

      try (Load load = Load.start(8, () -> Chat.models(url))) {
        long server = fleet.ready("tiny-llm").getFirst().get("serverPid").asLong();
        ProcessHandle.of(server).orElseThrow().destroyForcibly();
        fleet.await(
            "a replacement",
            Services.SOON,
            () ->
                fleet.ready("tiny-llm").size() == 2
                    && fleet.ready("tiny-llm").stream()
                        .noneMatch(replica -> replica.get("serverPid").asLong() == server));

        assertThat(load.stop(answer -> answer.status() == 200)).isEmpty();
      }
      Services.awaitIdle(fleet, "tiny-llm");
      assertThat(fleet.must("events", "tiny-llm").out()).contains("137");
    }
  }

  @Test
  void killedServerFailsNoChatWhereTheFileAllowsToRepeatIt() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must(
          "up",
          Services.tinyLlm(
              folder,
              "repeat",
              """
              readiness_probe: /health
              replicas: 2
              retry: {attempts: 3, idempotent_only: false}
              """));
      URI url = fleet.url("repeat");

      try (Load load = Load.start(4, () -> Chat.request(url, Chat.FRANCE, false))) {
        long server = fleet.ready("repeat").getFirst().get("serverPid").asLong();
        ProcessHandle.of(server).orElseThrow().destroyForcibly();
        int before = load.count();
        fleet.await("50 more answers", Services.SOON, () -> load.count() > before + 50);

        assertThat(load.stop(Chat::isRight)).isEmpty();
      }
      Services.awaitReady(fleet, "repeat", 2);
      Services.awaitIdle(fleet, "repeat");
    }
  }

  @Test
  void killedAgentIsNoticedAndItsServerDoesNotStayBehind() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.TINY_LLM);
      var victim = fleet.ready("tiny-llm").getFirst();
      long server = victim.get("serverPid").asLong();

      ProcessHandle.of(victim.get("agentPid").asLong()).orElseThrow().destroyForcibly();

      fleet.await(
          "the server of the dead agent gone",
          Services.SOON,
          () -> fleet.processes().stream().noneMatch(process -> process.pid() == server));
      Services.awaitReady(fleet, "tiny-llm", 2);
    }
  }
}
