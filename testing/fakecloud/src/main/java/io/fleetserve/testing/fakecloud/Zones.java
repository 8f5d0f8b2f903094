package io.fleetserve.testing.fakecloud;

import io.fleetserve.provider.sim.cloud.CloudSettings;
import io.fleetserve.provider.sim.cloud.CloudZone;
import io.fleetserve.provider.sim.cloud.Faults;
import io.fleetserve.provider.sim.cloud.MachineType;
import io.fleetserve.provider.sim.cloud.Timeline;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Settings of small clouds.
public final class Zones {
  /// A machine with one V100: $3 on demand, $1 as spot.
  public static final MachineType V100 = new MachineType("v100", 8, 61, Map.of("V100", 1), 3, 1);

  private Zones() {}

  /// A cloud without faults, quota or delays that gives no notice.
  public static CloudSettings cloud(CloudZone... zones) {
    return new CloudSettings(
        1, Arrays.asList(zones), List.of(V100), Map.of(), 0, 0, 0, 0, Faults.NONE);
  }

  /// A zone with room for so many spot instances, at the usual price.
  public static CloudZone zone(String region, String name, int capacity) {
    return new CloudZone(region, name, Timeline.constant(capacity), Timeline.constant(1));
  }

  static CloudSettings withCapacity(CloudSettings before, String zone, int capacity) {
    return before.withZones(
        before.zones().stream()
            .map(one ->
                one.name().equals(zone)
                    ? new CloudZone(
                        one.region(), one.name(), Timeline.constant(capacity), one.spotPrice())
                    : one)
            .toList());
  }
}
