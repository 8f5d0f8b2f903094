package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.testing.fleet.Fleet;
import io.fleetserve.testing.fleet.HomeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Service files of the tests, and what is asked of a fleet in many of them.
final class Services {
  /// The repository, where the distribution and the examples were built.
  static final Path ROOT = Path.of(System.getProperty("fleetserve.root", "..")).toAbsolutePath();

  /// The committed example: two replicas of the tiny model.
  static final String TINY_LLM = ROOT.resolve("examples/tiny-llm/service.yaml").toString();

  static final Duration SOON = Duration.ofSeconds(30);

  private Services() {}

  /// A service file in `folder` with the tiny model's `run` and the given `service:` section.
  static String tinyLlm(Path folder, String name, String serviceSection) {
    String example = read(Path.of(TINY_LLM));
    String rest =
        example.replaceAll("(?ms)^service:.*?(?=^\\S)", "").replaceAll("(?m)^name:.*\\n", "");
    return write(folder, name, "name: " + name + "\nservice:\n" + serviceSection.indent(2) + rest);
  }

  /// A service file in `folder` with any `run`.
  static String of(Path folder, String name, String serviceSection, String run) {
    return write(
        folder,
        name,
        "name: %s\nservice:\n%srun: |\n%s"
            .formatted(name, serviceSection.indent(2), run.indent(2)));
  }

  /// A server of any kind: `/stream` takes three seconds for 30 lines, `/` answers at once.
  static String slowServer(int version) {
    return """
    exec python3 -u -c '
    import http.server, os, time
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            if self.path != "/stream":
                self.wfile.write(b"v%d")
                return
            for i in range(30):
                self.wfile.write(b"v%d %%d\\n" %% i)
                self.wfile.flush()
                time.sleep(0.1)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    '
    """
        .formatted(version, version);
  }

  /// The part of `config.yaml` for an engine whose image has nothing but links to this machine's
  /// programs.
  ///
  /// @param more keys beside the host, one line; may be empty
  static String docker(String host, String more) {
    return """
    providers:
      docker:
        host: %s
        %s
        binds: ['/usr:/usr:ro', '/etc/alternatives:/etc/alternatives:ro']
    """
        .formatted(host, more);
  }

  static String write(Path folder, String name, String yaml) {
    try {
      return Files.writeString(
              Files.createTempFile(Files.createDirectories(folder), name, ".yaml"), yaml)
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until exactly `count` replicas are ready and no other is alive.
  static void awaitReady(Fleet fleet, String service, int count) {
    fleet.await(
        count + " ready replicas of " + service,
        SOON,
        () -> {
          JsonNode status = fleet.status(service);
          return status.get("readyReplicas").asInt() == count
              && status.get("totalReplicas").asInt() == count;
        });
  }

  /// Every in-flight count of the service is exactly 0, as the load balancer reports it.
  static void awaitIdle(Fleet fleet, String service) {
    fleet.await(
        "counters of " + service + " back to 0",
        SOON,
        () -> {
          JsonNode status = fleet.status(service);
          return status.get("inFlight").asInt() == 0
              && status.get("held").asInt() == 0
              && status
                  .get("replicas")
                  .valueStream()
                  .allMatch(replica -> replica.get("inFlight").asInt() == 0);
        });
  }

  /// Ends a service and checks from the outside that no process of its replicas is left.
  static void downLeavesNothing(Fleet fleet, String service) {
    fleet.must("down", service, "-y");
    assertThat(fleet.json("status").valueStream().map(view -> view.get("name").asString()))
        .doesNotContain(service);
    String replicaFolder = fleet.home().resolve("providers/local/" + service + "-").toString();
    assertThat(fleet.processes())
        .extracting(HomeProcess::commandLine)
        .noneMatch(line -> line.contains(replicaFolder));
  }
}
