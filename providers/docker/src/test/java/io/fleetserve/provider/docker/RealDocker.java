package io.fleetserve.provider.docker;

import io.fleetserve.provider.ProviderContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real engine of its own for all tests of a run, with its images and a registry; tests are
/// skipped with a message where it cannot be.
final class RealDocker implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(RealDocker.class);

  /// A running engine.
  record Running(Path folder, Path script) implements AutoCloseable {
    Path socket() {
      return folder.resolve("run/docker.sock");
    }

    @Override
    public void close() throws IOException {
      run(
          List.of(
              "bash",
              script.resolveSibling("docker-down.sh").toString(),
              folder.toString(),
              "--purge"),
          60);
    }
  }

  private static volatile @Nullable Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context.getRoot().getStore(SPACE).computeIfAbsent("engine", key -> start(), Running.class);
  }

  static Running engine() {
    return Objects.requireNonNull(running);
  }

  private static Running start() {
    Path script = Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/docker-up.sh");
    Assumptions.assumeTrue(Files.exists(script), "no Docker test: " + script + " is missing");
    Assumptions.assumeTrue(
        System.getProperty("user.name").equals("root"), "no Docker test: it needs root");
    for (String program : List.of("dockerd", "busybox", "ip", "curl", "docker")) {
      Assumptions.assumeTrue(
          isThere(program),
          "no Docker test: "
              + program
              + " is missing (apt-get install docker.io busybox-static iptables iproute2)");
    }
    try {
      Path folder = Files.createTempDirectory(Path.of("/tmp"), "fsd");
      Running started = new Running(folder, script);
      int exit = run(List.of("bash", script.toString(), folder.toString()), 60);
      if (exit != 0) {
        String log = Files.readString(folder.resolve("up.log"));
        started.close();
        // For example in a container that may not start one.
        Assumptions.abort("no Docker test: the engine does not start here: " + log);
      }
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isThere(String program) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static int run(List<String> command, int seconds) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    builder.redirectErrorStream(true);
    Path folder = Path.of(command.get(2));
    builder.redirectOutput(
        Files.isDirectory(folder)
            ? folder.resolve("up.log").toFile()
            : Path.of("/dev/null").toFile());
    Process process = builder.start();
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return -1;
  }

  /// A provider over the engine, whose agent is a shell script that gets the boot file as `$1`.
  ///
  /// @param more settings
  static DockerProvider open(
      String installationId, Path home, String script, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("host", "unix://" + engine().socket());
    settings.put("agent", List.of("bash", "-c", script, "agent"));
    settings.putAll(more);
    return (DockerProvider)
        new DockerProviderFactory()
            .open(
                new ProviderContext(
                    installationId,
                    home,
                    List.of("fleetserve-agent"),
                    List.of(),
                    home.resolve("infra.yaml"),
                    settings,
                    Clock.systemUTC()));
  }
}
