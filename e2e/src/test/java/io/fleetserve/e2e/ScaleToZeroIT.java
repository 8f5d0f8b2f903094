package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Zero and back.
final class ScaleToZeroIT {
  @TempDir Path folder;

  private static String section(String hold) {
    return """
    readiness_probe: /health
    replica_policy: {min_replicas: 0, max_replicas: 2, target_qps_per_replica: 50,
                     upscale_delay_seconds: 0, downscale_delay_seconds: 0}
    hold: %s
    """
        .formatted(hold);
  }

  @Test
  void requestAtZeroReplicasIsAnsweredAndIdlenessEndsTheReplica() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must(
          "up",
          Services.tinyLlm(
              folder,
              "sleepy",
              """
              readiness_probe: /health
              replica_policy: {min_replicas: 0, max_replicas: 1, downscale_delay_seconds: 0}
              autoscaling: {metric: concurrency, target: 4, window_seconds: 6, panic_window_seconds: 2}
              """));
      assertThat(fleet.status("sleepy").get("status").asString()).isEqualTo("NO_REPLICA");

      HttpResponse<String> answer =
          Chat.send(Chat.request(fleet.url("sleepy"), Chat.FRANCE, false));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(Chat.text(answer.body())).contains("Paris");
      fleet.await(
          "zero replicas again",
          java.time.Duration.ofSeconds(60),
          () -> fleet.status("sleepy").get("status").asString().equals("NO_REPLICA"));
      assertThat(Chat.text(Chat.send(Chat.request(fleet.url("sleepy"), Chat.FRANCE, true)).body()))
          .contains("Paris");
    }
  }

  @Test
  void twoHundredRequestsAtZeroReplicasAreAllAnswered() {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must("up", Services.tinyLlm(folder, "sleepy", section("{max_requests: 500}")));
      URI url = fleet.url("sleepy");

      try (Load load = Load.start(200, () -> Chat.request(url, Chat.FRANCE, false))) {
        assertThat(load.stop(Chat::isRight)).isEmpty();
      }
      Services.awaitIdle(fleet, "sleepy");
    }
  }

  @Test
  void requestsOverTheHoldLimitGet503WithRetryAfterAtOnce() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      String hold = "{max_requests: 0, max_wait_seconds: 1}";
      fleet.must("up", Services.tinyLlm(folder, "sleepy", section(hold)));

      HttpResponse<String> answer =
          Chat.send(Chat.request(fleet.url("sleepy"), Chat.FRANCE, false));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
  }

  @Test
  void requestThatWaitsTooLongGets503WithRetryAfter() throws Exception {
    try (Fleet fleet = Fleet.create(Services.ROOT, folder)) {
      fleet.must(
          "up", Services.of(folder, "never", section("{max_wait_seconds: 1}"), "exec sleep 600"));

      List<HttpResponse<String>> answers =
          List.of(Chat.send(Chat.request(fleet.url("never"), Chat.FRANCE, false)));

      assertThat(answers).allMatch(answer -> answer.statusCode() == 503);
      assertThat(answers.getFirst().headers().firstValue("Retry-After")).isPresent();
    }
  }
}
