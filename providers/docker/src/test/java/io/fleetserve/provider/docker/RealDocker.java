package io.fleetserve.provider.docker;

import io.fleetserve.provider.ProviderContext;
import io.fleetserve.testing.docker.DockerEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real engine of its own for all tests of a run, with its images and a registry; tests are
/// skipped with a message where it cannot be.
final class RealDocker implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(RealDocker.class);

  private static volatile @Nullable DockerEngine running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(SPACE)
            .computeIfAbsent("engine", key -> start(), DockerEngine.class);
  }

  static DockerEngine engine() {
    return Objects.requireNonNull(running);
  }

  private static DockerEngine start() {
    Optional<String> missing = DockerEngine.missing();
    Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    try {
      return DockerEngine.start();
    } catch (IOException e) {
      // For example in a container that may not start one.
      return Assumptions.abort("no Docker test: " + e.getMessage());
    }
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
