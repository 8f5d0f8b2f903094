package io.fleetserve.loadbalancer.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.LoadReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/// A controller as a load balancer sees it: streams what it is told to and keeps the reports.
final class FakeController implements AutoCloseable {
  final List<LoadReport> reports = new CopyOnWriteArrayList<>();
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  FakeController(Path infoFile) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/api/v1/loadbalancers/lb-1/endpoints", this::stream);
    server.createContext("/api/v1/loadbalancers/lb-1/reports", this::report);
    server.start();
    ControllerInfo info =
        new ControllerInfo(
            "http://127.0.0.1:" + server.getAddress().getPort(),
            "1",
            "i",
            1,
            1,
            0,
            null,
            List.of());
    Files.write(infoFile, Json.MAPPER.writeValueAsBytes(info));
  }

  void send(String event, Object data) {
    events.add("event: " + event + "\ndata: " + Json.MAPPER.writeValueAsString(data) + "\n\n");
  }

  private void stream(HttpExchange exchange) throws IOException {
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      while (true) {
        out.write(events.take().getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(HttpExchange exchange) throws IOException {
    reports.add(Json.MAPPER.readValue(exchange.getRequestBody().readAllBytes(), LoadReport.class));
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
