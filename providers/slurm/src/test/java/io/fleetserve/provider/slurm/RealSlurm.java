package io.fleetserve.provider.slurm;

import io.fleetserve.provider.ProviderContext;
import io.fleetserve.testing.slurm.SlurmCluster;
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

/// A real cluster of its own for all tests of a run: four nodes with accelerators that are none,
/// partitions with and without preemption, `slurmrestd`; tests are skipped with a message where it
/// cannot be.
final class RealSlurm implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(RealSlurm.class);

  private static volatile @Nullable SlurmCluster running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(SPACE)
            .computeIfAbsent("cluster", key -> start(), SlurmCluster.class);
  }

  static SlurmCluster cluster() {
    return Objects.requireNonNull(running);
  }

  private static SlurmCluster start() {
    Optional<String> missing = SlurmCluster.missing();
    Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    try {
      return SlurmCluster.start();
    } catch (IOException e) {
      return Assumptions.abort("no Slurm test: " + e.getMessage());
    }
  }

  /// `rest` over TCP with a token.
  static Map<String, Object> rest() {
    return Map.of(
        "rest",
        Map.of(
            "url",
            cluster().restUrl(),
            "user",
            "root",
            "token_file",
            cluster().token().toString(),
            "api",
            "v0.0.38"));
  }

  /// `rest` over the Unix socket.
  static Map<String, Object> socket() {
    return Map.of(
        "rest",
        Map.of("url", "unix://" + cluster().restSocket(), "user", "root", "api", "v0.0.38"));
  }

  /// The commands of this machine.
  static Map<String, Object> local() {
    return Map.of("local", true, "slurm_conf", cluster().conf().toString());
  }

  /// A provider over the cluster, named `test`, whose agent is a shell script that gets the boot
  /// file as `$1`.
  static SlurmProvider open(
      String installationId,
      Path home,
      String script,
      Map<String, Object> way,
      Map<String, Object> more) {
    return open(installationId, home, script, way, more, Clock.systemUTC());
  }

  static SlurmProvider open(
      String installationId,
      Path home,
      String script,
      Map<String, Object> way,
      Map<String, Object> more,
      Clock clock) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("agent", List.of("bash", "-c", script, "agent"));
    settings.put("folder", home.toString());
    settings.put("loopback", true);
    settings.putAll(way);
    settings.putAll(more);
    return (SlurmProvider)
        new SlurmProviderFactory()
            .open(
                new ProviderContext(
                    installationId,
                    home,
                    List.of("fleetserve-agent"),
                    List.of(),
                    home.resolve("infra.yaml"),
                    Map.of("clusters", Map.of("test", settings)),
                    clock));
  }
}
