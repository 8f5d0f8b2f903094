package io.fleetserve.provider.sim;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import io.fleetserve.provider.ProviderContext;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/// The simulated cloud against the suite that every provider passes.
final class SimProviderConformanceTest extends InstanceProviderConformance {
  private static final Map<String, Object> ZONES =
      Map.of("east/east-a", Map.of("capacity", 16), "west/west-a", Map.of("capacity", 16));

  @TempDir Path home;

  @Override
  protected InstanceProvider open(String installationId) {
    return open(installationId, Map.of("zones", ZONES, "launch_seconds", 0.05));
  }

  @Override
  protected InstanceProvider openRefusing(String installationId) {
    return open(
        installationId, Map.of("zones", ZONES, "failures", Map.of("capacity_unavailable", 1)));
  }

  private InstanceProvider open(String installationId, Map<String, Object> settings) {
    return new SimProviderFactory()
        .open(
            new ProviderContext(
                installationId,
                home.resolve("sim"),
                List.of("bash", "-c", "exec sleep 1000", "agent"),
                settings,
                Clock.systemUTC()));
  }
}
