package io.fleetserve.provider.slurm;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/// The suite that every provider passes, for one way to reach a cluster.
abstract class SlurmConformance extends InstanceProviderConformance {
  @TempDir Path home;

  /// Settings of the way.
  abstract Map<String, Object> way();

  @Override
  protected InstanceProvider open(String installationId) {
    return open(installationId, Map.of());
  }

  @Override
  protected InstanceProvider openRefusing(String installationId) {
    return open(installationId, Map.of("constraint", "no-such-feature"));
  }

  private InstanceProvider open(String installationId, Map<String, Object> more) {
    return RealSlurm.open(installationId, home, "exec sleep 1000", way(), more);
  }
}
