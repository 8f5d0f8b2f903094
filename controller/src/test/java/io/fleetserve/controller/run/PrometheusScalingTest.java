package io.fleetserve.controller.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service that scales by a query, from its file to its replicas.
final class PrometheusScalingTest {
  private static final Duration SOON = Duration.ofSeconds(40);

  @TempDir Path folder;

  private final FakeReplica prometheus = FakeReplica.start("prometheus");
  private volatile String value = "10";

  @SuppressWarnings("NullAway.Init")
  private TestFleet fleet;

  @SuppressWarnings("NullAway.Init")
  private FakeBalancer balancer;

  @BeforeEach
  void start() throws Exception {
    prometheus.script((request, to) ->
        to.answer(
            200,
            "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[%d,\"%s\"]}}"
                .formatted(Clock.systemUTC().instant().getEpochSecond(), value)));
    fleet = new TestFleet(folder.resolve("home"));
    balancer = fleet.balancer();
  }

  @AfterEach
  void end() {
    balancer.close();
    fleet.close();
    prometheus.close();
  }

  private String section(int target) {
    return """
    readiness_probe: /health
    replica_policy: {min_replicas: 1, max_replicas: 8}
    autoscaling:
      prometheus: {url: "http://127.0.0.1:%d", query: waiting, target: %d}
    """
        .formatted(prometheus.port(), target);
  }

  @Test
  void replicasFollowTheQueryAndItsTargetAndAnUnansweredOneIsTold() throws Exception {
    assertThat(fleet.up("llm", section(4)).statusCode()).isEqualTo(201);

    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 3);

    assertThat(
            fleet
                .post("/services/llm/versions", TestFleet.file("llm", section(2), "exec server"))
                .statusCode())
        .isEqualTo(201);
    await().atMost(SOON).until(() -> fleet.view("llm").readyReplicas() == 6);

    value = "NaN";
    await()
        .atMost(SOON)
        .until(() -> fleet.get("/events?service=llm").body().contains("MetricLost"));
    assertThat(fleet.get("/events?service=llm").body()).contains("waiting at http", ": NaN;");
    assertThat(fleet.view("llm").wantedReplicas()).isEqualTo(6);
  }
}
