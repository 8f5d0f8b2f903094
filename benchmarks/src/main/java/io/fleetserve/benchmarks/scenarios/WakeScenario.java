package io.fleetserve.benchmarks.scenarios;

import io.fleetserve.testing.fleet.Chat;
import io.fleetserve.testing.fleet.Fleet;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A request at zero replicas: until the replica's process is spawned, and from the moment the
/// server could answer until the held request reaches it. The server itself writes down when its
/// shell started, when it listened, and when the request came.
final class WakeScenario {
  private static final String SERVER =
      """
      echo $EPOCHREALTIME > "$MARKS/spawned"
      exec python3 -u -c '
      import http.server, os, time
      marks = os.environ["MARKS"]
      def mark(name):
          open(os.path.join(marks, name), "w").write(repr(time.time()))
      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = "HTTP/1.1"
          def do_GET(self):
              if self.path == "/work":
                  mark("arrived")
              self.send_response(200)
              self.send_header("Content-Length", "2")
              self.end_headers()
              self.wfile.write(b"ok")
          def log_message(self, *arguments):
              pass
      server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
      mark("listening")
      server.serve_forever()
      '
      """;

  private WakeScenario() {}

  static List<Figure> measure(Path root, Path folder, int runs)
      throws IOException, InterruptedException {
    List<Double> spawned = new ArrayList<>();
    List<Double> delivered = new ArrayList<>();
    Path marks = Files.createDirectories(folder.resolve("marks"));
    Path file =
        Files.writeString(
            folder.resolve("wake.yaml"),
            """
            name: wake
            envs: {MARKS: %s}
            service:
              readiness_probe: /
              replica_policy: {min_replicas: 0, max_replicas: 1, downscale_delay_seconds: 0}
              autoscaling: {metric: concurrency, target: 4, window_seconds: 1, panic_window_seconds: 1}
              drain: {timeout_seconds: 1, grace_seconds: 1}
            run: |
            %s\
            """
                .formatted(marks, SERVER.indent(2)));
    try (Fleet fleet = Fleet.create(root, folder)) {
      fleet.must("up", file.toString());
      HttpRequest work = HttpRequest.newBuilder(fleet.url("wake").resolve("/work")).build();
      for (int run = 0; run < runs; run++) {
        fleet.await(
            "zero replicas",
            Duration.ofSeconds(90),
            () -> fleet.status("wake").get("status").asString().equals("NO_REPLICA"));
        double asked = System.currentTimeMillis() / 1e3;
        int status = Chat.send(work).statusCode();
        if (status != 200) {
          throw new IllegalStateException("request at zero replicas answered with " + status);
        }
        spawned.add((mark(marks, "spawned") - asked) * 1e3);
        delivered.add((mark(marks, "arrived") - mark(marks, "listening")) * 1e3);
      }
    }
    return List.of(
        new Figure("request at zero replicas -> replica's process spawned", "ms", "< 150", spawned),
        new Figure("server can answer -> held request reaches it", "ms", "< 100", delivered));
  }

  private static double mark(Path marks, String name) throws IOException {
    return Double.parseDouble(Files.readString(marks.resolve(name)).strip());
  }
}
