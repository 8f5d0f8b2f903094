package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the controller and of the load balancer, under load.
final class ControlPlaneKillIT {
  @TempDir Path folder;

  @Test
  void killedControllerFailsNoRequestAndItsSuccessorAdoptsEveryReplica() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.TINY_LLM);
      URI url = fleet.url("tiny-llm");
      List<Long> servers = pids(fleet);
      long loadBalancer = fleet.loadBalancerPid();
      long dead = fleet.controllerPid();

      try (Load load = Load.start(8, () -> Chat.request(url, Chat.FRANCE, false))) {
        ProcessHandle.of(dead).orElseThrow().destroyForcibly();
        int before = load.count();
        fleet.await(
            "answers without a controller", Services.SOON, () -> load.count() > before + 50);
        fleet.must("status");
        int after = load.count();
        fleet.await("answers with the next one", Services.SOON, () -> load.count() > after + 50);

        assertThat(load.stop(Chat::isRight)).isEmpty();
      }
      assertThat(fleet.controllerPid()).isNotEqualTo(dead);
      Services.awaitReady(fleet, "tiny-llm", 2);
      assertThat(pids(fleet)).isEqualTo(servers);
      assertThat(fleet.loadBalancerPid()).isEqualTo(loadBalancer);
      assertThat(
              fleet.json("update", "tiny-llm", slower(), "-y", "--no-wait").get("version").asInt())
          .isEqualTo(2);
    }
  }

  private String slower() {
    return Services.tinyLlm(
        folder, "tiny-llm", "readiness_probe: {path: /health, timeout_seconds: 7}\nreplicas: 2\n");
  }

  @Test
  void killedLoadBalancerServesAgainWithinTwoSecondsEvenWithoutItsController() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.TINY_LLM);
      URI url = fleet.url("tiny-llm");
      long dead = fleet.loadBalancerPid();

      ProcessHandle.of(dead).orElseThrow().destroyForcibly();

      fleet.await("an answer after the kill", Duration.ofSeconds(10), () -> answers(url));
      assertThat(fleet.loadBalancerPid()).isNotEqualTo(dead);
    }
  }

  private static boolean answers(URI url) {
    try {
      return Chat.text(Chat.send(Chat.request(url, Chat.FRANCE, false)).body()).contains("Paris");
    } catch (java.io.IOException down) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<Long> pids(Fleet fleet) {
    return fleet.ready("tiny-llm").stream()
        .map(replica -> replica.get("serverPid").asLong())
        .sorted()
        .toList();
  }
}
