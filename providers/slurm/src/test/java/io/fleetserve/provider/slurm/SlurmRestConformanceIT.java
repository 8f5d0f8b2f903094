package io.fleetserve.provider.slurm;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The Slurm provider by `slurmrestd` against the suite that every provider passes, on a real
/// cluster.
@ExtendWith(RealSlurm.class)
final class SlurmRestConformanceIT extends InstanceProviderConformance {
  @TempDir Path home;

  @Override
  protected InstanceProvider open(String installationId) {
    return open(installationId, Map.of());
  }

  @Override
  protected InstanceProvider openRefusing(String installationId) {
    return open(installationId, Map.of("constraint", "no-such-feature"));
  }

  private InstanceProvider open(String installationId, Map<String, Object> more) {
    return RealSlurm.open(installationId, home, "exec sleep 1000", RealSlurm.rest(), more);
  }
}
