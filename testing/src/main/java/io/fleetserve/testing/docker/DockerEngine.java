package io.fleetserve.testing.docker;

import io.fleetserve.testing.fleet.Script;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A real engine with test images, and a registry where there is one. It listens on a Unix socket,
/// and with TLS on loopback. [#close] ends it with all its containers.
///
/// @param folder for its data and logs; its path is short, for the sake of the socket
/// @param tlsPort at [#ADDRESS], for clients that have the keys
public record DockerEngine(Path folder, int tlsPort) implements AutoCloseable {
  /// Where it speaks TLS; an address of its own, so that no one else takes the port.
  public static final String ADDRESS = "127.76.0.1";

  /// Address of the registry.
  public static final String REGISTRY = "127.0.0.1:15500";

  private static final Path SCRIPT =
      Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/docker-up.sh");

  /// Why there can be none here; empty when there can.
  public static Optional<String> missing() {
    return Script.missing(
        "Docker",
        SCRIPT,
        List.of("dockerd", "busybox", "ip", "curl", "docker"),
        "docker.io busybox-static iptables iproute2");
  }

  /// Starts one in a folder of its own.
  ///
  /// @throws IOException with the script's words when it does not start
  public static DockerEngine start() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "fsd");
    DockerEngine engine = new DockerEngine(folder, freePort());
    Path log = folder.resolve("up.log");
    Map<String, String> path =
        Map.of("PATH", engine.withTls() + ":" + System.getenv("PATH") + ":/usr/sbin:/sbin");
    if (Script.run(List.of("bash", SCRIPT.toString(), folder.toString()), path, log, 60) != 0) {
      String said = Files.readString(log);
      engine.close();
      throw new IOException("the engine does not start here: " + said);
    }
    if (hasRegistry()) {
      engine.awaitRegistry();
    }
    return engine;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
      return socket.getLocalPort();
    }
  }

  /// A folder with a program that starts the engine with one socket more than the script asks for.
  private Path withTls() throws IOException {
    EngineKeys keys = EngineKeys.make(folder.resolve("tls"), ADDRESS);
    Path front = Files.createDirectories(folder.resolve("front"));
    Path program = front.resolve("dockerd");
    Files.writeString(
        program,
        """
        #!/bin/sh
        for each in /usr/sbin /usr/bin /usr/local/bin; do
          [ ! -x $each/dockerd ] || exec $each/dockerd --host tcp://%s:%d --tlsverify \
            --tlscacert %s --tlscert %s --tlskey %s "$@"
        done
        """
            .formatted(
                ADDRESS,
                tlsPort,
                keys.file("ca.pem"),
                keys.file("server.pem"),
                keys.file("server.key")));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return front;
  }

  /// For clients.
  public EngineKeys keys() {
    return new EngineKeys(folder.resolve("tls"));
  }

  /// Address for those that have the keys.
  public String tlsUrl() {
    return "tcp://" + ADDRESS + ":" + tlsPort;
  }

  /// Whether engines have a registry beside them, at [#REGISTRY].
  public static boolean hasRegistry() {
    return Script.isThere("docker-registry");
  }

  /// The script does not wait for it.
  private void awaitRegistry() throws IOException {
    String retry = "--retry 60 --retry-delay 1 --retry-connrefused";
    try {
      Script.output(
          List.of("sh", "-c", "exec curl -sSf " + retry + " http://" + REGISTRY + "/v2/"),
          Map.of(),
          90);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  public Path socket() {
    return folder.resolve("run/docker.sock");
  }

  /// Runs the engine's own client and returns what it prints.
  public String docker(String... arguments) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Script.output(command, Map.of("DOCKER_HOST", "unix://" + socket()), 60);
  }

  @Override
  public void close() throws IOException {
    Path down = SCRIPT.resolveSibling("docker-down.sh");
    Script.run(
        List.of("bash", down.toString(), folder.toString(), "--purge"),
        Map.of(),
        Path.of("/dev/null"),
        60);
  }
}
