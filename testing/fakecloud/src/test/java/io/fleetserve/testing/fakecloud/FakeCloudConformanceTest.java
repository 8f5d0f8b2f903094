package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.InstanceProviderConformance;
import io.fleetserve.provider.ProviderError.Category;
import java.time.Clock;

/// The cloud in memory against the suite that every provider passes.
final class FakeCloudConformanceTest extends InstanceProviderConformance {
  private final FakeCloud cloud =
      new FakeCloud("fake", Zones.cloud(Zones.zone("east", "east-a", 4)), Clock.systemUTC());

  @Override
  protected InstanceProvider open(String installationId) {
    return cloud;
  }

  @Override
  protected InstanceProvider openRefusing(String installationId) {
    cloud.failCreates(CreateFault.Refuse.of(Category.CAPACITY_UNAVAILABLE, "fake/east/east-a"));
    return cloud;
  }
}
