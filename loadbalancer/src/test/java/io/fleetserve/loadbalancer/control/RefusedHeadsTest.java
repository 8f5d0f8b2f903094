package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Requests that are refused before they belong to a replica leave a trace too.
@SuppressWarnings("StringConcatToTextBlock")
final class RefusedHeadsTest {
  private static void send(int port, String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .startsWith("HTTP/1.1 4");
    }
  }

  private static List<JsonNode> refusals(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(Json.MAPPER::readTree)
        .filter(line -> line.get("outcome").asString().equals("malformed"))
        .toList();
  }

  @Test
  void areCountedAndLoggedWithWhatIsKnown(@TempDir Path temp) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("lb"));
    try (Standing standing = new Standing(folder, 0, 0)) {
      send(standing.port, "garbage\r\n\r\n");
      send(
          standing.port,
          "POST /a/b?secret=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      send(standing.port, "GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n");

      Path log = folder.resolve("access.log");
      await().until(() -> Files.exists(log) && refusals(log).size() == 3);
      List<JsonNode> lines = refusals(log);
      assertThat(lines)
          .allSatisfy(line -> {
            assertThat(line.get("service").asString()).isEqualTo("svc");
            assertThat(line.get("client").asString()).isEqualTo("127.0.0.1");
            assertThat(line.get("attempts").asInt()).isZero();
          });
      assertThat(lines.stream().map(line -> line.get("status").asInt()))
          .containsExactlyInAnyOrder(400, 400, 414);
      assertThat(lines.stream().map(line -> line.get("method").asString()))
          .containsExactlyInAnyOrder("", "POST", "");
      assertThat(lines.stream().map(line -> line.get("path").asString()))
          .containsExactlyInAnyOrder("", "/a/b", "");
      assertThat(Files.readString(log)).doesNotContain("secret");
      assertThat(standing.get(standing.balancer.adminUrl() + "/metrics").body())
          .contains("fleetserve_lb_heads_refused_total 3.0");
    }
  }
}
