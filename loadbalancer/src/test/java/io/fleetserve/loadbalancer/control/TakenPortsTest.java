package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ports that somebody else has: the services do not depend on them.
final class TakenPortsTest {
  private static ServerSocket taken() throws Exception {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static tools.jackson.databind.JsonNode presence(Standing standing) throws Exception {
    return Json.MAPPER.readTree(Files.readAllBytes(standing.folder.resolve("loadbalancer.json")));
  }

  @Test
  void servesWithoutTheSharedPortAndOpensItWhenItIsFree(@TempDir Path temp) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("lb"));
    ServerSocket other = taken();
    int shared = other.getLocalPort();
    try (other;
        Standing standing = new Standing(folder, shared, 0)) {
      String health = standing.balancer.adminUrl() + "/health";
      assertThat(standing.get(health).statusCode()).isEqualTo(200);
      assertThat(standing.get(health).body()).contains("shared port " + shared);
      assertThat(presence(standing).get("sharedPort").asInt()).isZero();

      other.close();

      await().atMost(Duration.ofSeconds(10)).until(() -> standing.serves(shared));
      await().until(() -> standing.get(health).body().equals("ok\n"));
      await().until(() -> presence(standing).get("sharedPort").asInt() == shared);
    }
  }

  @Test
  void servesWithoutTheAdminPortAndOpensItWhenItIsFree(@TempDir Path temp) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("lb"));
    ServerSocket other = taken();
    int admin = other.getLocalPort();
    try (other;
        Standing standing = new Standing(folder, 0, admin)) {
      assertThat(standing.balancer.adminUrl()).isEmpty();
      assertThat(presence(standing).get("adminUrl").asString()).isEmpty();

      other.close();

      String url = "http://127.0.0.1:" + admin;
      await().atMost(Duration.ofSeconds(10)).until(() -> standing.balancer.adminUrl().equals(url));
      assertThat(standing.get(url + "/health").body()).isEqualTo("ok\n");
      await().until(() -> presence(standing).get("adminUrl").asString().equals(url));
    }
  }

  @Test
  void namesServicesWhosePortIsTaken(@TempDir Path temp) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("lb"));
    try (ServerSocket other = taken();
        Standing standing = new Standing(folder, 0, 0)) {
      standing.controller.send(
          "delta",
          new io.fleetserve.api.wire.EndpointDelta(
              "i",
              1,
              2,
              java.util.List.of(
                  Routes.route("other", other.getLocalPort(), java.util.List.of(), "test")),
              java.util.List.of()));

      await()
          .until(() ->
              standing
                  .get(standing.balancer.adminUrl() + "/health")
                  .body()
                  .contains("other: port " + other.getLocalPort()));
    }
  }
}
