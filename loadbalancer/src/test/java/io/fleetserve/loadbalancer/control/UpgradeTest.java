package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.Phase;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that follow one another while clients go on.
final class UpgradeTest {
  private final CountDownLatch streamsMayEnd = new CountDownLatch(1);
  private final FakeReplica replica =
      FakeReplica.start("r1")
          .script((request, connection) -> {
            if (!request.target().equals("/stream")) {
              connection.answer(200, "small");
              return;
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n");
            connection.send("Transfer-Encoding: chunked\r\n\r\n");
            connection.send("7\r\nbegin\n\n\r\n");
            try {
              streamsMayEnd.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            connection.send("5\r\nend\n\n\r\n0\r\n\r\n");
          });
  private final int port = Standing.freePort();
  private final Path folder;
  private final FakeController controller;
  private final LoadBalancerBoot boot;

  UpgradeTest(@TempDir Path temp) throws IOException {
    folder = Files.createDirectory(temp.resolve("lb"));
    Files.writeString(temp.resolve("token"), "secret\n");
    controller = new FakeController(temp.resolve("controller.json"));
    boot =
        new LoadBalancerBoot(
            "lb-1",
            folder.toString(),
            temp.resolve("controller.json").toString(),
            temp.resolve("token").toString(),
            "127.0.0.1",
            0,
            0,
            TransportKind.AUTO,
            folder.resolve("access.log").toString(),
            64 << 20);
  }

  @BeforeEach
  void hasEndpoints() {
    controller.send(
        "snapshot",
        new EndpointSnapshot(
            "i",
            1,
            true,
            List.of(
                Routes.route(
                    "svc",
                    port,
                    List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", replica.port(), null, false)),
                    null))));
  }

  @AfterEach
  void stop() {
    streamsMayEnd.countDown();
    controller.close();
    replica.close();
  }

  private void awaitPort() {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() -> {
          new Socket(InetAddress.getLoopbackAddress(), port).close();
          return true;
        });
  }

  private Socket openStream() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket
        .getOutputStream()
        .write("GET /stream HTTP/1.1\r\nHost: svc\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static List<String> readUntil(BufferedReader reader, String last) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
      if (line.equals(last)) {
        return lines;
      }
    }
    throw new IOException("no '" + last + "', only " + lines);
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  @Test
  void twoUpgradesUnderLoadLoseNothing() throws Exception {
    try (BalancerProcess first = BalancerProcess.start(folder, boot)) {
      awaitPort();
      int admin = URI.create(first.adminUrl()).getPort();
      List<BufferedReader> streams = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        streams.add(reader(openStream()));
        readUntil(streams.get(i), "begin");
      }
      try (Traffic traffic = new Traffic(port, 8, 3)) {
        awaitAnswers(traffic, 300);

        try (BalancerProcess second = BalancerProcess.replace(folder)) {
          assertThat(URI.create(second.adminUrl()).getPort()).isEqualTo(admin);
          awaitAnswers(traffic, 300);
          streams.add(reader(openStream()));
          readUntil(streams.getLast(), "begin");

          try (BalancerProcess third = BalancerProcess.replace(folder)) {
            awaitAnswers(traffic, 600);
            assertThat(List.of(first.isAlive(), second.isAlive(), third.isAlive()))
                .containsExactly(true, true, true);
            awaitInFlight(List.of(0, 1, 10));
            streamsMayEnd.countDown();
            for (BufferedReader stream : streams) {
              readUntil(stream, "end");
            }

            assertThat(first.exitCode()).isZero();
            assertThat(second.exitCode()).isZero();
            awaitAnswers(traffic, 300);
            traffic.stop();
            assertThat(traffic.errors).isEmpty();
            third.terminate();
            assertThat(third.exitCode()).isZero();
          }
        }
        assertThat(loggedRequests()).isEqualTo(traffic.answers.get() + streams.size());
      }
    }
    assertThat(controller.reports.getLast().phase()).isEqualTo(Phase.ENDED);
    assertThat(folder.toFile().list((_, name) -> name.startsWith("leaving-"))).isEmpty();
  }

  private static void awaitAnswers(Traffic traffic, int more) {
    long enough = traffic.answers.get() + more;
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> traffic.answers.get() >= enough || !traffic.errors.isEmpty());
    assertThat(traffic.errors).isEmpty();
  }

  /// Streams in flight by the last report of each process, the youngest process first; small
  /// requests come and go.
  private void awaitInFlight(List<Integer> expected) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            controller.reports.stream()
                .collect(
                    java.util.stream.Collectors.toMap(
                        LoadReport::startedAtMillis,
                        report -> report,
                        (_, later) -> later,
                        java.util.TreeMap::new))
                .descendingMap()
                .values()
                .stream()
                .map(report -> report.phase() == Phase.SERVING ? 0 : inFlight(report))
                .toList()
                .equals(expected));
  }

  private static int inFlight(LoadReport report) {
    return report.services().getFirst().inFlight();
  }

  /// Lines of the access log, those that processes wrote aside included.
  private long loggedRequests() throws IOException {
    long lines = 0;
    try (var files = Files.newDirectoryStream(folder, "access.log*")) {
      for (Path file : files) {
        if (!file.toString().endsWith(".at")) {
          lines +=
              Files.readString(file)
                  .lines()
                  .filter(line -> Json.MAPPER.readTree(line).get("status").asInt() == 200)
                  .count();
        }
      }
    }
    return lines;
  }

  @Test
  void aSuccessorThatCannotOpenThePortsLeavesEverythingAsItWas() throws Exception {
    try (BalancerProcess first = BalancerProcess.start(folder, boot)) {
      awaitPort();
      Path copy = Files.createDirectory(folder.resolveSibling("copy"));
      Files.copy(folder.resolve("loadbalancer.json"), copy.resolve("loadbalancer.json"));
      Files.write(copy.resolve("boot.json"), Json.MAPPER.writeValueAsBytes(elsewhere(copy)));
      Files.writeString(folder.resolveSibling("wrong-token"), "wrong\n");

      try (BalancerProcess successor = BalancerProcess.replacing(copy)) {
        assertThat(successor.exitCode()).as(successor.output()).isEqualTo(3);
      }
      assertThat(first.isAlive()).isTrue();
      try (Traffic traffic = new Traffic(port, 1, 1)) {
        awaitAnswers(traffic, 20);
      }
    }
  }

  private LoadBalancerBoot elsewhere(Path copy) {
    return new LoadBalancerBoot(
        boot.id(),
        copy.toString(),
        boot.controllerInfoFile(),
        folder.resolveSibling("wrong-token").toString(),
        boot.bindHost(),
        0,
        0,
        TransportKind.AUTO,
        "",
        0);
  }

  @Test
  void sigtermEndsInOrderBehindTheRequestsUnderWay() throws Exception {
    try (BalancerProcess only = BalancerProcess.start(folder, boot)) {
      awaitPort();
      try (Socket socket = openStream()) {
        BufferedReader stream = reader(socket);
        readUntil(stream, "begin");

        only.terminate();

        await()
            .until(() ->
                controller.reports.stream().anyMatch(report -> report.phase() == Phase.LEAVING));
        streamsMayEnd.countDown();
        readUntil(stream, "end");
      }
      assertThat(only.exitCode()).isZero();
      assertThat(controller.reports.getLast().phase()).isEqualTo(Phase.ENDED);
    }
    try (BalancerProcess again = BalancerProcess.start(folder, boot);
        Traffic traffic = new Traffic(port, 1, 1)) {
      awaitAnswers(traffic, 20);
      assertThat(again.isAlive()).isTrue();
    }
  }
}
