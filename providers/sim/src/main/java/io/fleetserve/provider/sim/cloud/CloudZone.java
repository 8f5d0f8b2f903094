package io.fleetserve.provider.sim.cloud;

/// One zone.
///
/// @param name unique over all regions
/// @param capacity spot instances it has room for; on-demand instances always find room
/// @param spotPrice factor on the spot price of every machine type
public record CloudZone(String region, String name, Timeline capacity, Timeline spotPrice) {
  int capacityAt(long millis) {
    return (int) capacity.at(millis);
  }

  /// As in `infra:`.
  String place(String provider) {
    return provider + "/" + region + "/" + name;
  }
}
