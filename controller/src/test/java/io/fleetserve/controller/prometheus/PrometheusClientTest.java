package io.fleetserve.controller.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.controller.prometheus.PrometheusAnswer.Nothing;
import io.fleetserve.controller.prometheus.PrometheusAnswer.Value;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrometheusClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final PrometheusClient client = new PrometheusClient(Clock.systemUTC());
  private final FakeReplica server = FakeReplica.start("prometheus");

  @AfterEach
  void end() {
    client.close();
    server.close();
  }

  private Query query(String path) {
    return new Query(URI.create("http://127.0.0.1:" + server.port() + path), "sum(a{b=\"c d\"})");
  }

  private static String success(String value) {
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[%d,\"%s\"]}}"
        .formatted(Clock.systemUTC().instant().getEpochSecond(), value);
  }

  @Test
  void queryIsAskedBelowTheGivenPath() {
    server.script((request, to) -> to.answer(200, success("4.5")));

    assertThat(client.ask(query("/prom/"), LONG)).isEqualTo(new Value(4.5));
    assertThat(server.received().getFirst().head()).startsWith("POST /prom/api/v1/query HTTP/1.1");
    assertThat(server.received().getFirst().body())
        .isEqualTo("query=sum%28a%7Bb%3D%22c+d%22%7D%29");
  }

  @Test
  void errorIsPassedOn() {
    server.script((request, to) ->
        to.answer(
            422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many\"}"));

    assertThat(client.ask(query(""), LONG)).isEqualTo(new Nothing("too many"));
  }

  @Test
  void redirectIsNotFollowed() {
    server.script((request, to) -> to.answer(302, "", "Location: http://127.0.0.1:1/"));

    assertThat(client.ask(query(""), LONG))
        .isEqualTo(new Nothing("status 302 without a result: not a Prometheus server"));
    assertThat(server.received()).hasSize(1);
  }

  /// Neither before the head, nor in the middle of the body.
  @Test
  void silenceEndsAtTheDeadline() {
    server.script((request, to) -> to.awaitEnd(30_000));
    assertThat(client.ask(query(""), Duration.ofMillis(200)))
        .isEqualTo(new Nothing("no answer within 0 s"));

    server.script((request, to) -> {
      to.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
      to.awaitEnd(30_000);
    });
    assertThat(client.ask(query(""), Duration.ofMillis(200)))
        .isEqualTo(new Nothing("no answer within 0 s"));
  }

  @Test
  void endlessAnswerIsCutShort() {
    server.script((request, to) -> to.answer(200, "x".repeat(2 << 20)));

    assertThat(client.ask(query(""), LONG)).isInstanceOf(Nothing.class);
  }

  @Test
  void nobodyThereIsSaidInASentence() {
    server.close();

    assertThat(client.ask(query(""), LONG)).isEqualTo(new Nothing("no connection"));
  }

  @Test
  void closedClientAsksNothing() {
    client.close();

    assertThat(client.ask(query(""), LONG)).isEqualTo(new Nothing("the controller is ending"));
    assertThat(server.received()).isEmpty();
  }

  /// A genuine server that scrapes one target.
  @Test
  void genuineServerAnswers(@TempDir Path folder) throws Exception {
    Path binary = Path.of("/usr/bin/prometheus");
    assumeThat(binary).as("Prometheus (Debian package prometheus)").isExecutable();
    HttpServer target =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page =
        "waiting{model=\"a\"} 3\nwaiting{model=\"b\"} 4\n".getBytes(StandardCharsets.UTF_8);
    target.createContext(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    target.start();
    Process process = prometheus(binary, folder, target.getAddress().getPort());
    try {
      URI url = URI.create("http://127.0.0.1:" + Files.readString(folder.resolve("port")));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> client.ask(new Query(url, "sum(waiting)"), LONG).equals(new Value(7)));

      assertThat(client.ask(new Query(url, "scalar(sum(waiting)) * 2"), LONG))
          .isEqualTo(new Value(14));
      assertThat(client.ask(new Query(url, "waiting"), LONG))
          .isEqualTo(new Nothing("2 series (expected: one; aggregate them, as with sum)"));
      assertThat(client.ask(new Query(url, "nobody_has_this"), LONG))
          .isEqualTo(new Nothing("no series"));
      assertThat(client.ask(new Query(url, "sum(waiting) / 0"), LONG))
          .isEqualTo(new Nothing("+Inf"));
      assertThat(client.ask(new Query(url, "sum(waiting"), LONG))
          .isInstanceOfSatisfying(
              Nothing.class, no -> assertThat(no.why()).contains("parse error"));
    } finally {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      target.stop(0);
    }
  }

  private static Process prometheus(Path binary, Path folder, int target) throws Exception {
    int port = freePort();
    Files.writeString(folder.resolve("port"), String.valueOf(port));
    Files.writeString(
        folder.resolve("prometheus.yml"),
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
        - {job_name: replicas, static_configs: [{targets: ['127.0.0.1:%d']}]}
        """
            .formatted(target));
    return new ProcessBuilder(
            binary.toString(),
            "--config.file=" + folder.resolve("prometheus.yml"),
            "--storage.tsdb.path=" + folder.resolve("tsdb"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  /// Below those that the kernel gives to outgoing connections, so that none takes it meanwhile.
  private static int freePort() throws IOException {
    while (true) {
      int candidate = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket free = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException taken) {
        // The next one.
      }
    }
  }
}
