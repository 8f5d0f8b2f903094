package io.fleetserve.testing.docker;

import io.fleetserve.testing.fleet.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A real engine with test images, and a registry where there is one. [#close] ends it with all its
/// containers.
///
/// @param folder for its data and logs; its path is short, for the sake of the socket
public record DockerEngine(Path folder) implements AutoCloseable {
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
    Path log = folder.resolve("up.log");
    if (Script.run(List.of("bash", SCRIPT.toString(), folder.toString()), Map.of(), log, 60) != 0) {
      String said = Files.readString(log);
      new DockerEngine(folder).close();
      throw new IOException("the engine does not start here: " + said);
    }
    DockerEngine engine = new DockerEngine(folder);
    if (hasRegistry()) {
      engine.awaitRegistry();
    }
    return engine;
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
