package io.fleetserve.loadbalancer.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.EndpointDelta;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadBalancerBoot;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.LoadBalancer;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole load balancer with a fake controller.
final class LoadBalancerTest {
  private final Path folder;
  private final int port;
  private final FakeReplica replica = FakeReplica.start("r1");
  private final HttpClient http = HttpClient.newHttpClient();
  private FakeController controller;
  private LoadBalancer balancer;

  LoadBalancerTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.writeString(folder.resolve("token"), "secret\n");
    controller = new FakeController(folder.resolve("controller.json"));
    balancer = start();
  }

  private LoadBalancer start() {
    LoadBalancerBoot boot =
        new LoadBalancerBoot(
            "lb-1",
            folder.toString(),
            folder.resolve("controller.json").toString(),
            folder.resolve("token").toString(),
            "127.0.0.1",
            0,
            0,
            TransportKind.AUTO,
            folder.resolve("access.log").toString(),
            1 << 20);
    return LoadBalancer.start(boot, ProxySettings.defaults(1000), System.currentTimeMillis());
  }

  @BeforeEach
  void hasEndpoints() {
    controller.send("snapshot", snapshot(1, true));
    awaitGeneration(1);
  }

  @AfterEach
  void stop() throws InterruptedException {
    balancer.stop(Duration.ofSeconds(5));
    controller.close();
    replica.close();
    http.close();
  }

  private EndpointSnapshot snapshot(long generation, boolean complete) {
    return new EndpointSnapshot("i", generation, complete, List.of(route()));
  }

  private ServiceRoute route() {
    return Routes.route(
        "svc",
        port,
        List.of(new ReplicaEndpoint(1, 1, 1, "127.0.0.1", replica.port(), null, false)),
        null);
  }

  private void awaitGeneration(long generation) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          List<LoadReport> all = controller.reports;
          return !all.isEmpty() && all.getLast().generationApplied() == generation;
        });
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private String service() {
    return "http://127.0.0.1:" + port;
  }

  @Test
  void servesReportsAndWritesDown() throws Exception {
    assertThat(get(service() + "/x?secret=1").body()).isEqualTo("r1");

    assertThat(controller.authorizations).containsOnly("Bearer secret");
    await().until(() -> controller.reports.getLast().services().getFirst().completions() == 1);
    LoadReport.ServiceLoad load = controller.reports.getLast().services().getFirst();
    assertThat(load.arrivals()).isEqualTo(1);
    assertThat(load.inFlight()).isZero();
    assertThat(load.replicas().getFirst().completions()).isEqualTo(1);
    assertThat(load.latency().counts().stream().mapToLong(count -> count).sum()).isEqualTo(1);
    Path log = folder.resolve("access.log");
    await().until(() -> Files.exists(log) && Files.size(log) > 0);
    var line = Json.MAPPER.readTree(Files.readString(log));
    assertThat(line.get("path").asString()).isEqualTo("/x");
    assertThat(line.get("status").asInt()).isEqualTo(200);
    assertThat(line.get("attempts").asInt()).isEqualTo(1);
    assertThat(line.get("outcome").asString()).isEqualTo("ok");
    assertThat(java.time.Instant.parse(line.get("time").asString()))
        .isBetween(java.time.Instant.now().minusSeconds(60), java.time.Instant.now());
  }

  @Test
  void adminPortTellsWhatIsGoingOn() throws Exception {
    get(service());
    var presence = Json.MAPPER.readTree(Files.readAllBytes(folder.resolve("loadbalancer.json")));
    String admin = presence.get("adminUrl").asString();

    assertThat(get(admin + "/health").statusCode()).isEqualTo(200);
    assertThat(get(admin + "/ready").statusCode()).isEqualTo(200);
    assertThat(get(admin + "/nothing").statusCode()).isEqualTo(404);
    assertThat(get(admin + "/metrics").body())
        .contains("fleetserve_lb_requests_total{service=\"svc\"} 1.0")
        .contains(
            "fleetserve_lb_replica_in_flight{generation=\"1\",replica=\"1\",service=\"svc\"} 0.0")
        .contains("fleetserve_lb_latency_seconds_count");
    var dump = Json.MAPPER.readTree(get(admin + "/endpoints").body());
    assertThat(dump.at("/services/0/replicas/0/health").asString()).isEqualTo("HEALTHY");
    assertThat(dump.at("/services/0/port").asInt()).isEqualTo(port);
  }

  @Test
  void keepsServingWithoutAControllerAndAfterARestart() throws Exception {
    controller.close();
    assertThat(get(service()).statusCode()).isEqualTo(200);
    balancer.stop(Duration.ofSeconds(5));

    balancer = start();

    assertThat(get(service()).statusCode()).isEqualTo(200);
    controller = new FakeController(folder.resolve("controller.json"));
    controller.send("snapshot", snapshot(2, true));
    awaitGeneration(2);
  }

  @Test
  void refusesWhatItMustNotBelieveAndSaysWhy() throws Exception {
    controller.send("snapshot", new EndpointSnapshot("i", 9, false, List.of()));
    controller.send("heartbeat", "");
    await().until(() -> controller.reports.getLast().refused() != null);

    assertThat(controller.reports.getLast().refused()).contains("not complete");
    assertThat(controller.reports.getLast().generationApplied()).isEqualTo(1);
    assertThat(get(service()).statusCode()).isEqualTo(200);
  }

  @Test
  void reportsAWaitingRequestAtOnceAndGoesOnByADelta() throws Exception {
    ServiceRoute empty = Routes.route("svc", port, List.of(), "scaled to zero");
    controller.send("delta", new EndpointDelta("i", 1, 2, List.of(empty), List.of()));
    awaitGeneration(2);

    var answer =
        http.sendAsync(
            HttpRequest.newBuilder(URI.create(service())).build(),
            HttpResponse.BodyHandlers.ofString());
    await().until(() -> controller.reports.getLast().services().getFirst().held() == 1);
    controller.send("delta", new EndpointDelta("i", 2, 3, List.of(route()), List.of()));

    assertThat(answer.get().body()).isEqualTo("r1");
  }

  @Test
  void reportsAPortThatIsTakenAndOpensItWhenItIsFree() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServiceRoute other = Routes.route("other", taken.getLocalPort(), List.of(), "test");
      controller.send("delta", new EndpointDelta("i", 1, 2, List.of(other), List.of()));
      await().until(() -> listenError() != null);
      assertThat(listenError()).contains("port " + taken.getLocalPort());
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> listenError() == null);
  }

  private @Nullable String listenError() {
    return controller.reports.getLast().services().stream()
        .filter(load -> load.service().equals("other"))
        .map(LoadReport.ServiceLoad::listenError)
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
