package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The number of replicas follows the load.
final class AutoscaleIT {
  private static final Duration STILL =
      Duration.ofSeconds(Integer.getInteger("fleetserve.still.seconds", 7));

  @TempDir Path folder;

  @Test
  void concurrencyTargetAddsReplicasUnderLoadAndEndsThemAfterwards() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", elastic());
      URI url = fleet.url("elastic");

      try (Load load = Load.start(12, () -> Chat.request(url, Chat.FRANCE, true))) {
        threeReplicasFailNoRequest(fleet, load);
      }
      fleet.await(
          "one replica again",
          Duration.ofSeconds(60),
          () -> fleet.status("elastic").get("totalReplicas").asInt() == 1);
    }
  }

  /// A controller that stands still, as one whose machine swaps or is paused, is not restarted: it
  /// must neither lose the burst nor take its old figures for those of now.
  @Test
  void controllerThatStoodStillInABurstCatchesUpInOneDecision() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", elastic());
      URI url = fleet.url("elastic");
      long controller = fleet.controllerPid();

      signal("STOP", controller);
      try (Load load = Load.start(12, () -> Chat.request(url, Chat.FRANCE, true))) {
        Thread.sleep(STILL); // nothing is waited for: the controller misses this much
        int before = load.count();
        fleet.await(
            "answers without a controller", Services.SOON, () -> load.count() > before + 50);
        signal("CONT", controller);
        threeReplicasFailNoRequest(fleet, load);
      }
      assertThat(fleet.controllerPid()).isEqualTo(controller);
      assertThat(targets(fleet)).startsWith(1, 3);
    }
  }

  private static void threeReplicasFailNoRequest(Fleet fleet, Load load) {
    fleet.await(
        "three ready replicas",
        Duration.ofSeconds(60),
        () -> fleet.status("elastic").get("readyReplicas").asInt() == 3);

    assertThat(load.stop(Chat::isRight)).isEmpty();
  }

  private String elastic() {
    return Services.tinyLlm(
        folder,
        "elastic",
        """
        readiness_probe: /health
        replica_policy: {min_replicas: 1, max_replicas: 3, downscale_delay_seconds: 2}
        autoscaling: {metric: concurrency, target: 4, window_seconds: 6, panic_window_seconds: 2}
        """);
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  /// What was decided, in order, each number once in a row.
  private static List<Integer> targets(Fleet fleet) {
    List<Integer> targets = new ArrayList<>();
    for (JsonNode decision : fleet.json("explain", "elastic")) {
      int target = decision.path("outcome").path("target").asInt();
      if (decision.get("kind").asString().equals("scaling")
          && (targets.isEmpty() || targets.getLast() != target)) {
        targets.add(target);
      }
    }
    return targets;
  }
}
