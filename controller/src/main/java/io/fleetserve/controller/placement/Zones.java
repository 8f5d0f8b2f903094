package io.fleetserve.controller.placement;

import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.provider.Offer;
import org.jspecify.annotations.Nullable;

/// The zone of an offer and of a machine.
public final class Zones {
  private Zones() {}

  public static ZoneKey of(Offer offer) {
    return key(offer.provider(), offer.region(), offer.zone());
  }

  public static ZoneKey of(Machine machine) {
    return key(machine.provider(), machine.region(), machine.zone());
  }

  /// The machine of a replica that goes to a zone's spot market, before an offer is chosen.
  public static Machine spotMachine(ZoneKey zone) {
    return new Machine(
        zone.provider(),
        zone.region().isEmpty() ? null : zone.region(),
        zone.zone().isEmpty() ? null : zone.zone(),
        "",
        "",
        0,
        true,
        null);
  }

  private static ZoneKey key(String provider, @Nullable String region, @Nullable String zone) {
    return new ZoneKey(provider, region == null ? "" : region, zone == null ? "" : zone);
  }
}
