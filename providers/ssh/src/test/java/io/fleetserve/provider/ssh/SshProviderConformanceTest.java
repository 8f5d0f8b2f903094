package io.fleetserve.provider.ssh;

import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import io.fleetserve.testing.ssh.SshHosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The SSH provider against the suite that every provider passes, with real `sshd`.
final class SshProviderConformanceTest extends InstanceProviderConformance {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SshHosts hosts;

  @SuppressWarnings("NullAway.Init")
  private static AgentBundle bundle;

  @SuppressWarnings("NullAway.Init")
  private static Path infra;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        SshHosts.missing().isEmpty(), () -> SshHosts.missing().orElse("nothing is missing"));
    hosts = SshHosts.start(folder, 1); // each needs a JVM of its own per test
    bundle = TestBundle.make(folder);
    infra = hosts.infra(folder.resolve("infra.yaml"), "");
  }

  @AfterAll
  static void end() throws IOException {
    if (hosts != null) {
      hosts.close();
    }
  }

  @Override
  protected InstanceProvider open(String installationId) {
    return open(installationId, true);
  }

  /// Without a bundle no host can be prepared.
  @Override
  protected InstanceProvider openRefusing(String installationId) {
    return open(installationId, false);
  }

  private InstanceProvider open(String installationId, boolean withAgent) {
    try {
      return TestBundle.open(
          installationId,
          folder.resolve("controller").resolve(installationId),
          infra,
          withAgent ? List.of(bundle) : List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
