package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What the access log tells of a request's way.
final class TimelineTest {
  private static JsonNode line(Standing standing, String path) {
    Path log = standing.folder.resolve("access.log");
    return await()
        .until(
            () ->
                Files.exists(log)
                    ? Files.readString(log)
                        .lines()
                        .map(Json.MAPPER::readTree)
                        .filter(line -> line.get("path").asString().equals(path))
                        .toList()
                    : List.<JsonNode>of(),
            lines -> !lines.isEmpty())
        .getFirst();
  }

  @Test
  void timesOfOneRequestAreInOrder(@TempDir Path temp) throws Exception {
    try (Standing standing = new Standing(Files.createDirectory(temp.resolve("lb")), 0, 0)) {
      standing.get("http://127.0.0.1:" + standing.port + "/once");

      JsonNode line = line(standing, "/once");
      assertThat(
              List.of(
                  line.get("placedMicros").asLong(),
                  line.get("sentMicros").asLong(),
                  line.get("firstByteMicros").asLong(),
                  line.get("micros").asLong()))
          .isSorted()
          .allMatch(micros -> micros >= 0);
      assertThat(line.get("protocol").asString()).isEqualTo("HTTP/1.1");
      assertThat(line.has("tls")).isFalse();
      assertThat(line.has("tries")).isFalse();
      assertThat(line.get("client").asString()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void attemptsThatFailedAreToldWithTheirReason(@TempDir Path temp) throws Exception {
    try (Standing standing = new Standing(Files.createDirectory(temp.resolve("lb")), 0, 0)) {
      AtomicBoolean failed = new AtomicBoolean();
      standing.replica.script((request, connection) -> {
        if (request.target().equals("/again") && failed.compareAndSet(false, true)) {
          connection.send("HTTP/1.1 2");
          connection.close();
        } else {
          connection.answer(200, "ok");
        }
      });

      standing.get("http://127.0.0.1:" + standing.port + "/again");

      JsonNode line = line(standing, "/again");
      assertThat(line.get("status").asInt()).isEqualTo(200);
      assertThat(line.get("attempts").asInt()).isEqualTo(2);
      assertThat(line.get("tries").size()).isEqualTo(1);
      JsonNode first = line.get("tries").get(0);
      assertThat(first.get("replica").asInt()).isEqualTo(1);
      assertThat(first.get("reason").asString()).isEqualTo("BROKEN");
      assertThat(first.get("endMicros").asLong())
          .isBetween(first.get("sentMicros").asLong(), line.get("placedMicros").asLong());
    }
  }
}
