package io.fleetserve.provider.local;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import io.fleetserve.provider.ProviderContext;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/// The local provider against the suite that every provider passes.
final class LocalProviderConformanceTest extends InstanceProviderConformance {
  @TempDir Path home;

  @Override
  protected InstanceProvider open(String installationId) {
    return open(installationId, FakeAgent.SLEEPS);
  }

  @Override
  protected InstanceProvider openRefusing(String installationId) {
    return open(installationId, List.of(home.resolve("no-such-agent").toString()));
  }

  private InstanceProvider open(String installationId, List<String> agent) {
    return new LocalProviderFactory()
        .open(
            new ProviderContext(
                installationId,
                home.resolve("local"),
                agent,
                List.of(),
                home.resolve("infra.yaml"),
                Map.of(),
                Clock.systemUTC()));
  }
}
