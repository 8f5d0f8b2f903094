package io.fleetserve.provider.slurm;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

/// The Slurm provider by the commands of a login node against the suite that every provider passes,
/// on a real cluster.
@ExtendWith(RealSlurm.class)
final class SlurmShellConformanceIT extends SlurmConformance {
  @Override
  Map<String, Object> way() {
    return RealSlurm.local();
  }
}
