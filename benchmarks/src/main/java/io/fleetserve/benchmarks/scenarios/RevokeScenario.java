package io.fleetserve.benchmarks.scenarios;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// One of two agents on an SSH host is revoked while its replica streams and others ask: until when
/// something still comes of it. Times begin when the call is sent. Needs root and `sshd`; measures
/// nothing without them.
final class RevokeScenario {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int STREAMS = 4;
  private static final int ASKING = 4;

  /// Every line tells the process: one at `/`, and at `/stream` one each 5 ms without an end.
  private static final String SERVER =
      """
      exec python3 -u -c '
      import http.server, os, time
      class Handler(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              self.send_response(200)
              self.end_headers()
              line = b"%d\\n" % os.getpid()
              self.wfile.write(line)
              while self.path == "/stream":
                  time.sleep(0.005)
                  self.wfile.write(line)
          def log_message(self, *words):
              pass
      http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
      '
      """;

  private RevokeScenario() {}

  static List<Figure> measure(Path root, Path folder, int runs) throws Exception {
    if (SshHosts.missing().isPresent()) {
      return List.of();
    }
    List<Figure> figures = new ArrayList<>();
    for (String network : List.of("direct", "tunnel")) {
      List<Double> requests = new ArrayList<>();
      List<Double> bytes = new ArrayList<>();
      List<Double> agents = new ArrayList<>();
      Path own = Files.createDirectories(folder.resolve(network));
      try (SshHosts hosts = SshHosts.start(Files.createDirectories(own.resolve("ssh")), 1);
          Fleet fleet = Fleet.create(root, own);
          HttpClient client = HttpClient.newHttpClient()) {
        fleet.openTunnels();
        hosts.infra(fleet.home().resolve("infra.yaml"), "");
        fleet.must("up", service(own, network).toString());
        for (int run = 0; run < runs; run++) {
          new Run(fleet, client, fleet.url("taken")).measure(requests, bytes, agents);
        }
      }
      String revoked = "agent revoked, " + network + " -> ";
      figures.add(
          new Figure(revoked + "last request sent to its replica", "ms", "< 1000", requests));
      figures.add(new Figure(revoked + "last byte of its streams", "ms", "< 2000", bytes));
      figures.add(new Figure(revoked + "its process is gone", "ms", "< 5000", agents));
    }
    return figures;
  }

  private static Path service(Path folder, String network) throws IOException {
    return Files.writeString(
        folder.resolve("taken.yaml"),
        """
        name: taken
        service: {readiness_probe: /, replicas: 2, network: %s, load_balancing_policy: round_robin}
        resources: {infra: ssh/lab}
        run: |
        %s\
        """
            .formatted(network, SERVER.indent(2)));
  }

  /// One revocation.
  private record Run(Fleet fleet, HttpClient client, URI url) {
    void measure(List<Double> requests, List<Double> bytes, List<Double> agents)
        throws IOException, InterruptedException {
      fleet.await("two replicas", LIMIT, () -> fleet.ready("taken").size() == 2);
      JsonNode victim = fleet.ready("taken").getFirst();
      String pid = victim.get("serverPid").asString();
      ProcessHandle agent = ProcessHandle.of(victim.get("agentPid").asLong()).orElseThrow();
      List<LastSeen> streams =
          IntStream.range(0, STREAMS).mapToObj(_ -> new LastSeen(pid)).toList();
      List<LastSeen> asking = IntStream.range(0, ASKING).mapToObj(_ -> new LastSeen(pid)).toList();
      streams.forEach(each -> Thread.ofVirtual().start(() -> each.follow(client, url)));
      asking.forEach(each -> Thread.ofVirtual().start(() -> each.ask(client, url)));
      fleet.await(
          "streams and answers of " + pid,
          LIMIT,
          () -> Stream.of(streams, asking).allMatch(all -> all.stream().anyMatch(LastSeen::any)));

      long revoked = System.nanoTime();
      revoke(victim.get("replicaId").asInt());
      try {
        agent.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        throw new IllegalStateException("the agent " + agent.pid() + " did not end", e);
      }
      agents.add((System.nanoTime() - revoked) / 1e6);
      fleet.await(
          "another replica",
          LIMIT,
          () ->
              fleet.ready("taken").size() == 2
                  && fleet.ready("taken").stream()
                      .noneMatch(each -> each.get("serverPid").asString().equals(pid)));
      Stream.of(streams, asking).flatMap(List::stream).forEach(LastSeen::stop);
      requests.add(last(asking, revoked));
      bytes.add(last(streams, revoked));
    }

    private static double last(List<LastSeen> all, long from) {
      return all.stream()
          .mapToDouble(each -> Math.max(0, (each.nanos() - from) / 1e6))
          .max()
          .orElse(0);
    }

    /// By the controller's API, without the time that a command takes to start.
    private void revoke(int replica) throws IOException, InterruptedException {
      JsonNode controller =
          Fleet.parse(Files.readString(fleet.home().resolve("run/controller.json")));
      String token = Files.readString(fleet.home().resolve("token")).strip();
      URI call =
          URI.create(
              controller.get("url").asString()
                  + "/api/v1/services/taken/replicas/"
                  + replica
                  + "/revoke");
      int status =
          client
              .send(
                  HttpRequest.newBuilder(call)
                      .header("Authorization", "Bearer " + token)
                      .POST(HttpRequest.BodyPublishers.noBody())
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
      if (status / 100 != 2) {
        throw new IllegalStateException("the revocation was answered with " + status);
      }
    }
  }
}
