package io.fleetserve.e2e;

import static io.fleetserve.e2e.Services.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.Load;
import io.fleetserve.testing.fleet.Run;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The example of the README, up once, used in every way that leaves it as it was.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TinyLlmIT {
  private final Fleet fleet;
  private final Run up;

  TinyLlmIT(@TempDir Path folder) {
    fleet = Fleet.create(ROOT, folder);
    up = fleet.serve("up", Services.TINY_LLM);
  }

  @BeforeAll
  void isUp() {
    assertThat(up.exit()).as("%s\n%s", up, fleet.logTails()).isZero();
  }

  @AfterAll
  void end() {
    fleet.close();
  }

  @Test
  void upPrintsTheReplicasTheUrlAndACurlLineThatWorks() throws Exception {
    assertThat(up.out()).contains("tiny-llm", "READY", fleet.url("tiny-llm").toString());
    String curl =
        up.out().lines().filter(line -> line.strip().startsWith("curl")).findFirst().orElseThrow();

    Run answer =
        Run.finish(
            new ProcessBuilder("bash", "-c", curl.strip() + " -s").start(), Services.SOON, "curl");

    assertThat(Chat.text(answer.out())).contains("Paris");
  }

  @Test
  void sixteenParallelClientsAllLearnThatItIsParis() {
    URI url = fleet.url("tiny-llm");
    AtomicInteger turn = new AtomicInteger();

    try (Load load =
        Load.start(16, () -> Chat.request(url, Chat.FRANCE, turn.getAndIncrement() % 2 == 0))) {
      fleet.await("200 answers", Services.SOON, () -> load.count() > 200);
      var failed = load.stop(Chat::isRight);

      assertThat(failed).isEmpty();
    }
    Services.awaitIdle(fleet, "tiny-llm");
  }

  @Test
  void sharedPortFindsTheServiceByHostName() throws Exception {
    JsonNode status = fleet.status("tiny-llm");
    URI shared = URI.create("http://tiny-llm.localhost:" + status.get("sharedPort").asInt());

    Run answer =
        Run.finish(
            new ProcessBuilder(
                    "curl",
                    "-s",
                    "--resolve",
                    "tiny-llm.localhost:" + shared.getPort() + ":127.0.0.1",
                    shared + "/v1/models")
                .start(),
            Services.SOON,
            "curl");

    assertThat(answer.out()).contains("\"object\"");
  }

  @Test
  void statusShowsColumnsAndJson() {
    Run table = fleet.must("status");
    JsonNode json = fleet.status("tiny-llm");

    assertThat(table.out()).contains("NAME", "VERSION", "UPTIME", "STATUS", "REPLICAS", "ENDPOINT");
    assertThat(table.out()).contains("tiny-llm", "READY", "2/2");
    assertThat(json.get("status").asString()).isEqualTo("READY");
    assertThat(json.get("readyReplicas").asInt()).isEqualTo(2);
  }

  @Test
  void logsShowWhatAReplicaPrinted() {
    Run logs = fleet.must("logs", "tiny-llm", "1", "--no-follow");

    assertThat(logs.out()).isNotBlank();
  }

  @Test
  void eventsTellTheLifeOfTheService() {
    assertThat(fleet.must("events", "tiny-llm").out()).contains("ReplicaReady");
  }

  @Test
  void secondUpOfTheSameNameIsRefused() {
    Run second = fleet.serve("up", Services.TINY_LLM);

    assertThat(second.exit()).isEqualTo(1);
    assertThat(second.err()).contains("tiny-llm", "serve update");
  }

  @Test
  void homeAndTokensAreForTheOwnerOnly() throws Exception {
    for (String file : new String[] {"token", "lb.token", "controller.db"}) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(fleet.home().resolve(file))))
          .as(file)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void everyListenerIsOnLoopback() throws Exception {
    Run listeners =
        Run.finish(
            new ProcessBuilder("bash", "-c", "cat /proc/net/tcp /proc/net/tcp6").start(),
            Services.SOON,
            "cat");
    String port = "%04X".formatted(fleet.url("tiny-llm").getPort());

    assertThat(listeners.out().lines().filter(line -> line.contains(":" + port + " 0000")))
        .isNotEmpty()
        .allMatch(line -> line.contains("0100007F:" + port));
  }

  @Test
  void accessLogIsOneJsonObjectPerRequestWithoutHeaders() throws Exception {
    URI url = fleet.url("tiny-llm");
    Chat.send(
        java.net.http.HttpRequest.newBuilder(url.resolve("/v1/models?key=canary-query"))
            .header("Authorization", "Bearer canary-header")
            .build());
    Path log = fleet.home().resolve("logs/access.log");
    fleet.await(
        "an access log line", Services.SOON, () -> Files.exists(log) && log.toFile().length() > 0);

    for (String line : Files.readAllLines(log)) {
      assertThat(JsonMapper.shared().readTree(line).isObject()).isTrue();
      assertThat(line).doesNotContain("canary");
    }
  }
}
