package io.fleetserve.provider.sim.cloud;

import static io.fleetserve.api.unit.Checks.check;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a simulated cloud behaves. Times are simulated.
///
/// @param seed of all chance: the same seed and the same calls give the same answers
/// @param zones sorted by name here
/// @param quotas region to the most instances there, spot and on demand; absent means no quota
/// @param launchMillis from an accepted call to a running machine
/// @param launchJitter share of `launchMillis` by which a launch is quicker or slower, 0..1
/// @param noticeMillis from the notice to the end of a preempted instance; 0 means without notice
/// @param listingDelayMillis how long a new instance is missing in listings
public record CloudSettings(
    long seed,
    List<CloudZone> zones,
    List<MachineType> types,
    Map<String, Integer> quotas,
    long launchMillis,
    double launchJitter,
    long noticeMillis,
    long listingDelayMillis,
    Faults faults) {
  public CloudSettings {
    zones = zones.stream().sorted(Comparator.comparing(CloudZone::name)).toList();
    types = List.copyOf(types);
    quotas = Map.copyOf(quotas);
    check(!zones.isEmpty(), "zones", zones, "at least one");
    check(!types.isEmpty(), "machines", types, "at least one");
    check(launchMillis >= 0, "launchMillis", launchMillis, ">= 0");
    check(launchJitter >= 0 && launchJitter <= 1, "launchJitter", launchJitter, "0..1");
    check(noticeMillis >= 0, "noticeMillis", noticeMillis, ">= 0");
    check(listingDelayMillis >= 0, "listingDelayMillis", listingDelayMillis, ">= 0");
  }

  Optional<CloudZone> zone(String name) {
    return zones.stream().filter(zone -> zone.name().equals(name)).findFirst();
  }

  Optional<MachineType> type(String name) {
    return types.stream().filter(type -> type.name().equals(name)).findFirst();
  }

  /// The same cloud with other zones.
  public CloudSettings withZones(List<CloudZone> next) {
    return new CloudSettings(
        seed,
        next,
        types,
        quotas,
        launchMillis,
        launchJitter,
        noticeMillis,
        listingDelayMillis,
        faults);
  }

  /// The same cloud with other faults.
  public CloudSettings withFaults(Faults next) {
    return new CloudSettings(
        seed,
        zones,
        types,
        quotas,
        launchMillis,
        launchJitter,
        noticeMillis,
        listingDelayMillis,
        next);
  }
}
