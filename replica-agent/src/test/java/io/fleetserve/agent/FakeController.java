package io.fleetserve.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.AgentReport.Phase;
import io.fleetserve.api.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The controller's side of the agent protocol, over real HTTP. May go away and come back on its
/// port. Thread-safe.
final class FakeController implements AutoCloseable {
  private final List<AgentReport> reports = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final int port;
  private volatile boolean gone;
  private HttpServer server;
  private ExecutorService threads;

  FakeController() {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server = serve(0, threads);
    port = server.getAddress().getPort();
  }

  private HttpServer serve(int wanted, ExecutorService executor) {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 0);
      made.createContext("/api/v1/agents/svc/1/", this::handle);
      made.setExecutor(executor);
      made.start();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /// Closes the port and every connection.
  void goAway() {
    threads.shutdownNow();
    server.stop(0);
  }

  void comeBack() {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server = serve(port, threads);
  }

  /// From now on the generation is not wanted.
  void refuse() {
    gone = true;
  }

  void send(String event, Object data) {
    commands.add("event: " + event + "\ndata: " + Json.MAPPER.writeValueAsString(data) + "\n\n");
  }

  List<AgentReport> reports() {
    return List.copyOf(reports);
  }

  List<Phase> phases() {
    List<Phase> phases = new ArrayList<>();
    for (AgentReport report : reports) {
      if (phases.isEmpty() || phases.getLast() != report.phase()) {
        phases.add(report.phase());
      }
    }
    return phases;
  }

  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  byte[] log() {
    synchronized (log) {
      return log.toByteArray();
    }
  }

  String logText() {
    return new String(log(), StandardCharsets.UTF_8);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (gone) {
        exchange.sendResponseHeaders(410, -1);
        return;
      }
      String path = exchange.getRequestURI().getPath();
      if (path.endsWith("/reports")) {
        reports.add(Json.MAPPER.readValue(body, AgentReport.class));
        exchange.sendResponseHeaders(204, -1);
      } else if (path.endsWith("/logs")) {
        takeLog(exchange, body);
      } else {
        stream(exchange);
      }
    }
  }

  private void takeLog(HttpExchange exchange, byte[] body) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    long offset = Long.parseLong(query.substring(query.indexOf("offset=") + "offset=".length()));
    int status;
    byte[] answer;
    synchronized (log) {
      status = offset == log.size() ? 200 : 409;
      if (status == 200) {
        log.writeBytes(body);
      }
      answer = ("{\"next\":" + log.size() + "}").getBytes(StandardCharsets.UTF_8);
    }
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
  }

  private void stream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    try {
      while (!gone) {
        String command = commands.poll(20, TimeUnit.MILLISECONDS);
        out.write((command == null ? ": \n" : command).getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException away) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    goAway();
  }
}
