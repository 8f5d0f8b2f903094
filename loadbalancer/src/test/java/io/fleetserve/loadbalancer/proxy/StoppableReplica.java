package io.fleetserve.loadbalancer.proxy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fleetserve.api.wire.ReplicaEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A replica in a process of its own, because only a process can be stopped. Answers every GET with
/// `stoppable`.
final class StoppableReplica implements AutoCloseable {
  private static final String PROGRAM =
      """
      import http.server
      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def do_GET(self):
              self.send_response(200)
              self.send_header('Content-Length', '9')
              self.end_headers()
              self.wfile.write(b'stoppable')
          def log_message(self, *args):
              pass
      server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
      print(server.server_port, flush=True)
      server.serve_forever()
      """;

  private final Process process;
  private final int port;

  private StoppableReplica(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Skips the test where there is no Python.
  static StoppableReplica start() throws IOException, InterruptedException {
    assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v python3").start().waitFor() == 0,
        "python3 is missing");
    Process process =
        new ProcessBuilder("python3", "-c", PROGRAM)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return new StoppableReplica(
        process, Integer.parseInt(Objects.requireNonNull(out.readLine(), "no port")));
  }

  ReplicaEndpoint endpoint(int id) {
    return new ReplicaEndpoint(id, 1, 1, "127.0.0.1", port, null, false);
  }

  /// Sends a signal, for example STOP.
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
