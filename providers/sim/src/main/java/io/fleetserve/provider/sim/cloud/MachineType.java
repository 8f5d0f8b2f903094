package io.fleetserve.provider.sim.cloud;

import static io.fleetserve.api.unit.Checks.check;

import java.util.Map;

/// One kind of machine the cloud sells.
///
/// @param accelerators name as in a service file, to number
/// @param price dollars an hour on demand, > 0
/// @param spotPrice dollars an hour as spot, before a zone's factor, > 0
public record MachineType(
    String name,
    double cpus,
    double memoryGib,
    Map<String, Integer> accelerators,
    double price,
    double spotPrice) {
  public MachineType {
    accelerators = Map.copyOf(accelerators);
    check(cpus > 0, "cpus", cpus, "> 0");
    check(memoryGib > 0, "memory", memoryGib, "> 0");
    check(price > 0, "price", price, "> 0");
    check(spotPrice > 0, "spot_price", spotPrice, "> 0");
  }
}
