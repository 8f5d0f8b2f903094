package io.fleetserve.provider.docker;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The Docker provider against the suite that every provider passes, on a real engine.
@ExtendWith(RealDocker.class)
final class DockerProviderConformanceIT extends InstanceProviderConformance {
  @TempDir Path home;

  @Override
  protected InstanceProvider open(String installationId) {
    return RealDocker.open(installationId, home, "exec sleep 1000", Map.of());
  }

  @Override
  protected InstanceProvider openRefusing(String installationId) {
    return RealDocker.open(installationId, home, "", Map.of("agent", List.of("no-such-agent")));
  }
}
