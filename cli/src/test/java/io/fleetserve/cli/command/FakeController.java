package io.fleetserve.cli.command;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fleetserve.api.wire.ControllerInfo;
import io.fleetserve.api.wire.Json;
import io.fleetserve.api.wire.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A controller that answers what a test tells it to, found through its home like a real one.
/// Thread-safe.
final class FakeController implements AutoCloseable {
  private record Answer(int status, String type, String body) {}

  private final HttpServer server;
  private final Path home;
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private FakeController(HttpServer server, Path home) {
    this.server = server;
    this.home = home;
  }

  static FakeController start(Path home) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      FakeController fake = new FakeController(server, home);
      server.createContext("/", fake::handle);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      Files.createDirectories(home.resolve("run"));
      Files.writeString(home.resolve("token"), "secret-token\n");
      Files.writeString(home.resolve("controller.db"), "");
      Files.writeString(
          home.resolve("run/controller.json"), Json.MAPPER.writeValueAsString(fake.info()));
      return fake.json("GET /health", fake.info());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ControllerInfo info() {
    ProcessHandle self = ProcessHandle.current();
    return new ControllerInfo(
        url(),
        "test",
        "installation",
        self.pid(),
        self.info().startInstant().orElseThrow().toEpochMilli(),
        0,
        null,
        List.of());
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Answers to this request, one after the other; the last one stays.
  FakeController json(String request, Object... bodies) {
    for (Object body : bodies) {
      answer(request, 200, "application/json", Json.MAPPER.writeValueAsString(body));
    }
    return this;
  }

  FakeController problem(String request, Problem problem) {
    String body = Json.MAPPER.writeValueAsString(problem);
    return answer(request, problem.status(), "application/problem+json", body);
  }

  FakeController text(String request, String body) {
    return answer(request, 200, "text/plain", body);
  }

  /// An event stream that ends after these: pairs of name and data.
  FakeController events(String request, Object... namesAndData) {
    StringBuilder stream = new StringBuilder(": hello\n\n");
    for (int i = 0; i < namesAndData.length; i += 2) {
      stream
          .append("event: ")
          .append(namesAndData[i])
          .append("\ndata: ")
          .append(Json.MAPPER.writeValueAsString(namesAndData[i + 1]))
          .append("\n\n");
    }
    return answer(request, 200, "text/event-stream", stream.toString());
  }

  private FakeController answer(String request, int status, String type, String body) {
    answers.computeIfAbsent(request, _ -> new ArrayDeque<>()).add(new Answer(status, type, body));
    return this;
  }

  /// Requests so far, with their bodies, without health checks.
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString().replaceFirst("^/api/v1", "");
    String request = exchange.getRequestMethod() + " " + path;
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (!path.equals("/health")) {
      requests.add((request + " " + body).strip());
    }
    Answer answer = next(request);
    if (!"Bearer secret-token".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer = new Answer(401, "text/plain", "who are you?");
    }
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), 0);
    try (var out = exchange.getResponseBody()) {
      out.write(answer.body().getBytes(StandardCharsets.UTF_8));
    }
    if (path.equals("/stop") && answer.status() < 400) {
      Files.deleteIfExists(home.resolve("run/controller.json"));
    }
  }

  private Answer next(String request) {
    Deque<Answer> queue = answers.get(request);
    if (queue == null) {
      return new Answer(500, "text/plain", "not expected: " + request);
    }
    synchronized (queue) {
      return queue.size() > 1 ? queue.removeFirst() : queue.getFirst();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
