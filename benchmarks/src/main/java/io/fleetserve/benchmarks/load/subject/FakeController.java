package io.fleetserve.benchmarks.load.subject;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.TlsRule;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// The two calls of a controller that a load balancer makes: the endpoint stream (one snapshot,
/// then heartbeats) and the load report (read and dropped). Thread-safe; closing ends its streams.
final class FakeController {
  static final String INSTALLATION = "benchmark";

  private static final long HEARTBEAT_SECONDS = 5;

  private final HttpServer server;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final String snapshot;

  private FakeController(HttpServer server, ExecutorService threads, String snapshot) {
    this.server = server;
    this.threads = threads;
    this.snapshot = snapshot;
  }

  /// @param tunnels the backends are reached through agents
  static FakeController start(ProxySettings settings, boolean tunnels) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    FakeController controller =
        new FakeController(
            server, threads, JsonMapper.shared().writeValueAsString(snapshotOf(settings, tunnels)));
    server.setExecutor(threads);
    server.createContext("/api/v1/loadbalancers/", controller::answer);
    server.start();
    return controller;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static EndpointSnapshot snapshotOf(ProxySettings settings, boolean tunnels) {
    List<ReplicaEndpoint> endpoints =
        IntStream.range(0, settings.backends().size())
            .mapToObj(i ->
                new ReplicaEndpoint(
                    i + 1,
                    1,
                    1,
                    settings.host(),
                    settings.backends().get(i),
                    null,
                    false,
                    ReplicaProtocol.HTTP1,
                    null,
                    tunnels ? NetworkMode.TUNNEL : NetworkMode.DIRECT,
                    TunnelKeys.attempt(i + 1)))
            .toList();
    Certificate certificate = settings.certificate();
    ServiceRoute route =
        new ServiceRoute(
            "bench",
            1,
            settings.port(),
            List.of("bench"),
            "least_load",
            Map.of(),
            TimeUnit.HOURS.toMillis(1),
            new ServiceRoute.HoldLimits(TimeUnit.MINUTES.toMillis(1), 1000, 64 << 20),
            new ServiceRoute.RetryRule(3, 0.2, true),
            ServiceRoute.OutlierRule.DEFAULT,
            ServiceRoute.RoutingRule.DEFAULT,
            ServiceRoute.ProtectionRule.DEFAULT,
            endpoints,
            null,
            endpoints.size(),
            certificate == null
                ? null
                : TlsRule.of(certificate.chain().toString(), certificate.key().toString()),
            false,
            TunnelKeys.attempts(tunnels ? endpoints.size() : 0));
    return new EndpointSnapshot(INSTALLATION, 1, true, List.of(route));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestURI().getPath().endsWith("/endpoints")) {
        stream(exchange);
      } else {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        exchange.sendResponseHeaders(204, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stream(HttpExchange exchange) throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    send(body, "snapshot", snapshot);
    while (!closed.await(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
      send(body, "heartbeat", "{}");
    }
  }

  private static void send(OutputStream body, String event, String data) throws IOException {
    body.write("event: %s\ndata: %s\n\n".formatted(event, data).getBytes(StandardCharsets.UTF_8));
    body.flush();
  }

  void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
