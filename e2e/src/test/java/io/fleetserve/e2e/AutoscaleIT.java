package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The number of replicas follows the load.
final class AutoscaleIT {
  @TempDir Path folder;

  @Test
  void concurrencyTargetAddsReplicasUnderLoadAndEndsThemAfterwards() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must(
          "up",
          Services.tinyLlm(
              folder,
              "elastic",
              """
              readiness_probe: /health
              replica_policy: {min_replicas: 1, max_replicas: 3, downscale_delay_seconds: 2}
              autoscaling: {metric: concurrency, target: 4, window_seconds: 6, panic_window_seconds: 2}
              """));
      URI url = fleet.url("elastic");

      try (Load load = Load.start(12, () -> Chat.request(url, Chat.FRANCE, true))) {
        fleet.await(
            "three ready replicas",
            Duration.ofSeconds(60),
            () -> fleet.status("elastic").get("readyReplicas").asInt() == 3);

        assertThat(
                load.stop(
                    answer -> answer.status() == 200 && Chat.text(answer.body()).contains("Paris")))
            .isEmpty();
      }
      fleet.await(
          "one replica again",
          Duration.ofSeconds(60),
          () -> fleet.status("elastic").get("totalReplicas").asInt() == 1);
    }
  }
}
