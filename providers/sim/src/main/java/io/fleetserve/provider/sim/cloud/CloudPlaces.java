package io.fleetserve.provider.sim.cloud;

import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Every machine type in every zone, in both markets. As with real clouds, nothing tells what is
/// free before it is asked for.
record CloudPlaces(String provider, CloudSettings settings) {
  private static final double GIB = 1L << 30;

  List<Place> places(List<CloudInstance> instances, long now) {
    List<Place> all = new ArrayList<>();
    for (CloudZone zone : settings.zones()) {
      for (MachineType type : settings.types()) {
        all.add(place(zone, type, false, type.price(), instances));
        all.add(place(zone, type, true, type.spotPrice() * zone.spotPrice().at(now), instances));
      }
    }
    return all;
  }

  private Place place(
      CloudZone zone, MachineType type, boolean spot, double price, List<CloudInstance> instances) {
    Set<String> attempts =
        instances.stream()
            .filter(each -> each.isActive() && each.isIn(zone))
            .filter(each -> each.order().offer().spot() == spot)
            .filter(each -> each.order().offer().instanceType().equals(type.name()))
            .map(CloudInstance::attemptId)
            .collect(Collectors.toSet());
    return new Place(
        zone.place(provider),
        type.name(),
        null,
        new MachineFit(type.cpus(), (long) (type.memoryGib() * GIB), type.accelerators()),
        null,
        CloudOffers.rounded(price),
        spot,
        attempts);
  }
}
