package io.fleetserve.provider.docker;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.SleepingServer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Create calls for tests.
final class TestSpecs {
  static final String SECRET = "s3cr3t-of-the-test";

  private TestSpecs() {}

  static CreateSpec spec(String installation, String attempt, Resources wish) {
    return spec(installation, attempt, wish, 0, 0);
  }

  static CreateSpec spec(
      String installation, String attempt, Resources wish, long memoryBytes, double cpus) {
    Ownership owner = new Ownership(installation, "svc", 1, 1);
    return new CreateSpec(
        attempt,
        owner,
        new Offer(DockerProvider.NAME, null, null, "container", "", 0, false),
        wish,
        SleepingServer.boot(
            owner,
            attempt,
            SECRET,
            SleepingServer.task("true", Map.of("KEY", SECRET), memoryBytes, cpus)),
        Instant.now().plusSeconds(30));
  }

  static Resources image(@Nullable String image) {
    return wish(image, Map.of());
  }

  static Resources wish(@Nullable String image, Map<String, Double> accelerators) {
    return new Resources(
        null, accelerators, null, null, null, false, image, List.of(), null, Map.of());
  }
}
