package io.fleetserve.api.spec;

import static io.fleetserve.api.unit.Checks.check;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One candidate machine of `resources:`.
///
/// @param infra `cloud[/region[/zone]]` and the like; null means any
/// @param accelerators name to count; empty means none
/// @param cpus null means no wish
/// @param memoryGib null means no wish
/// @param ports as written, normalised to single ports and `a-b` ranges
/// @param other keys that only some providers know (disk_size, labels ...), as written
public record Resources(
    @Nullable String infra,
    Map<String, Double> accelerators,
    @Nullable Amount cpus,
    @Nullable Amount memoryGib,
    @Nullable String instanceType,
    boolean useSpot,
    @Nullable String imageId,
    List<String> ports,
    @Nullable Double maxHourlyCost,
    Map<String, Object> other) {

  public Resources {
    accelerators = Map.copyOf(accelerators);
    ports = List.copyOf(ports);
    other = Map.copyOf(other);
  }

  /// The same machine in the other market, or in this one.
  public Resources withUseSpot(boolean spot) {
    return new Resources(
        infra,
        accelerators,
        cpus,
        memoryGib,
        instanceType,
        spot,
        imageId,
        ports,
        maxHourlyCost,
        other);
  }

  /// A quantity, exact (`4`) or at least (`4+`).
  public record Amount(double value, boolean atLeast) {
    public Amount {
      check(value > 0, "amount", value, "> 0");
    }

    @Override
    public String toString() {
      String number =
          value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
      return atLeast ? number + "+" : number;
    }
  }
}
