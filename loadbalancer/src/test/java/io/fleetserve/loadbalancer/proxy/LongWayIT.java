package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.testing.fleet.WanLink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server and its agent at the end of a way of 40 ms, which only the agent's tunnels cross.
final class LongWayIT {
  private static final Duration DELAY = Duration.ofMillis(40);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private WanLink link;
  private Bed bed;
  private Process far;
  private final List<String> said = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    Optional<String> missing = WanLink.missing();
    assumeTrue(missing.isEmpty(), missing::get);
    link = WanLink.start(DELAY);
    bed = new Bed(Bed.unhurried());
    bed.agents.listenAt(link.near());
    ReplicaEndpoint endpoint =
        TunnelAgents.dialling(
            NetworkMode.TUNNEL, new ReplicaEndpoint(1, 1, 1, link.there(), 1, null, false), 1);
    Path keys = folder.resolve("agent.p12");
    try (OutputStream out = Files.newOutputStream(keys)) {
      bed.agents
          .store(TunnelAgents.issued("CN=agent", TunnelAgents.name(endpoint), bed.agents.authority))
          .store(out, new char[0]);
    }
    far = agent(link.near() + ":" + bed.agents.port(), keys);
    Thread.ofVirtual()
        .start(() -> far.inputReader(StandardCharsets.UTF_8).lines().forEach(said::add));
    bed.publish(List.of(TunnelAgents.with(bed.serviceRoute(List.of(endpoint)), List.of(endpoint))));
    await().atMost(PATIENCE).until(() -> bed.agents.tunnels().count() == 2);
  }

  private Process agent(String address, Path keys) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FarAgentMain.class.getName(),
            address,
            keys.toString());
    return new ProcessBuilder(link.far(command))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @AfterEach
  void stop() throws Exception {
    if (far != null) {
      far.destroy();
      assertThat(far.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    if (bed != null) {
      bed.close();
    }
    if (link != null) {
      link.close();
    }
  }

  /// The link is lost for longer than two rounds of TCP's own repetition, and shorter than what
  /// either side takes for the other's end.
  @Test
  void streamOutlivesALossOfTheLinkAndItsCancelArrives() throws Exception {
    List<Integer> events = new CopyOnWriteArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      var stream =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.port + "/events"))
                  .build(),
              BodyHandlers.ofInputStream());
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
      Thread reading = Thread.ofVirtual().start(() -> count(reader, events));
      await().atMost(PATIENCE).until(() -> events.size() > 50);

      link.cut();
      AtomicInteger seen = new AtomicInteger();
      await()
          .atMost(PATIENCE)
          .during(Duration.ofSeconds(2))
          .until(() -> seen.getAndSet(events.size()) == events.size());
      int before = events.size();
      link.mend();
      await().atMost(PATIENCE).until(() -> events.size() > before + 60);
      assertThat(said).doesNotContain("left");

      stream.body().close();
      reading.join();
      await().atMost(PATIENCE).until(() -> said.contains("left"));
      assertThat(events).isEqualTo(IntStream.range(0, events.size()).boxed().toList());
    }
  }

  private static void count(BufferedReader reader, List<Integer> events) {
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("data: ")) {
          events.add(Integer.parseInt(line.substring(6)));
        }
      }
    } catch (IOException closed) {
      // By the test.
    }
  }

  @Test
  void bodiesOfManyWindowsPassWhole() {
    for (int time = 0; time < 2; time++) {
      RawClient.Answer down =
          bed.send("GET /large HTTP/1.1\r\nHost: svc\r\nConnection: close\r\n\r\n");
      assertThat(down.complete()).isTrue();
      assertThat(down.body()).isEqualTo("0123456789abcdef".repeat(FarAgentMain.LARGE / 16));
    }

    String body = "x".repeat(FarAgentMain.LARGE);
    RawClient.Answer up =
        bed.send(
            "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    assertThat(up.body()).isEqualTo(Integer.toString(FarAgentMain.LARGE));
  }
}
