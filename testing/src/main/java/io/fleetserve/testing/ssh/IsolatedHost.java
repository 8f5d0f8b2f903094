package io.fleetserve.testing.ssh;

import io.fleetserve.testing.fleet.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One SSH machine that can reach nothing: its network namespace has a loopback interface and no
/// other. SSH gets in by a relay with a foot on either side. [#close] ends all of it.
public final class IsolatedHost implements AutoCloseable {
  /// Listens here, then changes over to the other network and connects there.
  private static final String RELAY =
      """
      import ctypes, os, socket, sys, threading
      address, port, pid = sys.argv[1], int(sys.argv[2]), sys.argv[3]
      listener = socket.create_server((address, port))
      there = os.open("/proc/" + pid + "/ns/net", os.O_RDONLY)
      if ctypes.CDLL(None, use_errno=True).setns(there, 0x40000000):
          sys.exit(os.strerror(ctypes.get_errno()))
      def pump(source, sink):
          try:
              while data := source.recv(65536):
                  sink.sendall(data)
          except OSError:
              pass
          for end in (source, sink):
              try:
                  end.shutdown(socket.SHUT_RDWR)
              except OSError:
                  pass
      def serve(near):
          try:
              far = socket.create_connection((address, port))
          except OSError:
              near.close()
              return
          threading.Thread(target=pump, args=(far, near), daemon=True).start()
          pump(near, far)
      while True:
          near, _ = listener.accept()
          threading.Thread(target=serve, args=(near,), daemon=True).start()
      """;

  private final Process network;
  private final Process relay;
  private final SshHosts hosts;

  private IsolatedHost(Process network, Process relay, SshHosts hosts) {
    this.network = network;
    this.relay = relay;
    this.hosts = hosts;
  }

  /// Why it cannot be had here; empty when it can.
  public static Optional<String> missing() {
    return SshHosts.missing()
        .or(() -> {
          try {
            Script.output(
                List.of("unshare", "--net", "ip", "link", "set", "lo", "up"), Map.of(), 10);
            return Optional.empty();
          } catch (IOException e) {
            return Optional.of("no test of an isolated host: " + e.getMessage());
          }
        });
  }

  /// Starts it at `127.78.0.1`.
  public static IsolatedHost start(Path folder) throws IOException, InterruptedException {
    Process network =
        new ProcessBuilder(
                "unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 3600")
            .start();
    int port = SshHosts.freePort(1);
    network.getInputStream().read(); // it is up
    String inside = "--net=/proc/" + network.pid() + "/ns/net";
    SshHosts hosts = new SshHosts(folder, port, 1, List.of("nsenter", inside));
    Process relay =
        new ProcessBuilder(
                "python3", "-c", RELAY, "127.78.0.1", String.valueOf(port), network.pid() + "")
            .inheritIO()
            .start();
    IsolatedHost host = new IsolatedHost(network, relay, hosts);
    try {
      hosts.up();
      return host;
    } catch (IOException | InterruptedException e) {
      host.close();
      throw e;
    }
  }

  public SshHosts hosts() {
    return hosts;
  }

  @Override
  public void close() throws IOException {
    hosts.close();
    for (Process each : List.of(relay, network)) {
      each.destroyForcibly();
      try {
        var _ = each.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
