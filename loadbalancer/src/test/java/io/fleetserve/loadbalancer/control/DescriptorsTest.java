package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process that may open few files, and clients that open many connections.
final class DescriptorsTest {
  static boolean hasPrlimit() {
    return Files.isExecutable(Path.of("/usr/bin/prlimit"));
  }

  @ParameterizedTest
  @EnumSource(
      value = TransportKind.class,
      names = {"EPOLL", "IO_URING"})
  @EnabledIf("hasPrlimit")
  void aFloodPausesAcceptingAndNothingElse(TransportKind transport, @TempDir Path temp)
      throws Exception {
    Path folder = Files.createDirectory(temp.resolve("lb"));
    Files.writeString(temp.resolve("token"), "secret\n");
    int port = Standing.freePort();
    LoadBalancerBoot boot =
        new LoadBalancerBoot(
            "lb-1",
            folder.toString(),
            temp.resolve("controller.json").toString(),
            temp.resolve("token").toString(),
            "127.0.0.1",
            0,
            0,
            transport,
            folder.resolve("access.log").toString(),
            1 << 20);
    try (FakeReplica replica = FakeReplica.start("r1");
        FakeController controller = new FakeController(temp.resolve("controller.json"));
        HttpClient http = HttpClient.newHttpClient();
        BalancerProcess balancer =
            BalancerProcess.start(folder, boot, "/usr/bin/prlimit", "--nofile=256:256")) {
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
                      List.of(
                          new ReplicaEndpoint(1, 1, 1, "127.0.0.1", replica.port(), null, false)),
                      null))));
      String service = "http://127.0.0.1:" + port + "/";
      await().ignoreExceptions().until(() -> status(http, service) == 200);

      List<Socket> flood = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        flood.add(new Socket(InetAddress.getLoopbackAddress(), port));
      }
      await().until(() -> paused(page(http, balancer, "/metrics")));
      assertThat(page(http, balancer, "/health")).startsWith("ok");
      for (Socket socket : flood) {
        socket.close();
      }

      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> status(http, service) == 200);
      assertThat(balancer.isAlive()).isTrue();
    }
  }

  private static boolean paused(String metrics) {
    return Pattern.compile("fleetserve_lb_accept_pauses_total [1-9]").matcher(metrics).find();
  }

  private static int status(HttpClient http, String url) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String page(HttpClient http, BalancerProcess balancer, String path)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(balancer.adminUrl() + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
