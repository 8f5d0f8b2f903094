package io.fleetserve.dist;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// One life of an agent, from boot file to an orderly end, against a stand-in for the controller.
///
/// It is trained apart from the rest, because a real controller clears an agent away as soon as its
/// replica has ended, and with it the JVM that is about to write its cache.
final class AgentTraining {
  private static final String PATH = "/api/v1/agents/training/1";

  private final TrainingGround ground;
  private final CountDownLatch ready = new CountDownLatch(1);

  AgentTraining(TrainingGround ground) {
    this.ground = ground;
  }

  void run() throws IOException, InterruptedException {
    HttpServer controller =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      controller.setExecutor(threads);
      controller.createContext(PATH + "/commands", this::commands);
      controller.createContext(PATH + "/reports", this::report);
      controller.createContext(PATH + "/logs", AgentTraining::log);
      controller.start();
      ground.train("agent");
      String program = ground.dist().resolve("bin/fleetserve-agent").toString();
      Path boot = boot(controller.getAddress().getPort());
      Process agent = ground.start("agent", List.of(program, boot.toString()), false);
      boolean ended = agent.waitFor(90, TimeUnit.SECONDS);
      ground.trained("agent");
      if (!ended) {
        agent.destroyForcibly();
        throw new IOException("the agent did not end after its stop");
      }
    } finally {
      controller.stop(0);
    }
  }

  private Path boot(int port) throws IOException {
    Path folder = Files.createDirectories(ground.home().resolve("agent"));
    Files.createDirectories(folder.resolve("work"));
    String server =
        "exec '%s/bin/jwebserver' -b 127.0.0.1 -p $PORT -d /"
            .formatted(System.getProperty("java.home"));
    return Files.writeString(
        folder.resolve("boot.json"),
        """
        {"installationId": "training", "service": "training", "replicaId": 1, "generation": 1,
         "version": 1, "attemptId": "training", "controllerUrl": "http://127.0.0.1:%d",
         "token": "none", "folder": "%s",
         "task": {"setup": "echo ready", "run": "%s", "env": {"A": "b"}, "host": "127.0.0.1",
           "port": 0, "workdir": null, "fileMounts": {}, "memoryBytes": 0, "cpus": 0,
           "logBytes": 1048576, "restart": {"policy": "never", "maxRestarts": 0},
           "graceMillis": 2000},
         "probe": {"path": "/", "postData": null, "headers": {}, "initialDelayMillis": 30000,
           "timeoutMillis": 2000, "intervalMillis": 200, "failureWindowMillis": 10000}}
        """
            .formatted(port, folder, server));
  }

  private void commands(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      out.write("event: heartbeat\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
      if (!ready.await(60, TimeUnit.SECONDS)) {
        System.err.println("the agent's server was not ready within a minute");
      }
      TimeUnit.MILLISECONDS.sleep(500);
      out.write("event: stop\ndata: {\"graceMillis\": 1000}\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
      TimeUnit.SECONDS.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (body.contains("\"READY\"")) {
      ready.countDown();
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static void log(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    long offset = Long.parseLong(query.replaceFirst(".*offset=(\\d+).*", "$1"));
    long next = offset + exchange.getRequestBody().readAllBytes().length;
    byte[] answer = ("{\"next\": " + next + "}").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    try (var out = exchange.getResponseBody()) {
      out.write(answer);
    }
  }
}
