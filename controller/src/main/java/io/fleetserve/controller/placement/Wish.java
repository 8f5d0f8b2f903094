package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.provider.Offer;
import org.jspecify.annotations.Nullable;

/// Which of the offers that fit a service file may be taken for one replica.
///
/// @param spot machines the provider may take back; else machines that stay
/// @param only where it must be; null means anywhere
public record Wish(boolean spot, @Nullable ZoneKey only) {
  /// A machine that stays, anywhere.
  public static final Wish ON_DEMAND = new Wish(false, null);

  /// A spot machine, anywhere.
  public static final Wish SPOT = new Wish(true, null);

  public static Wish spotIn(ZoneKey zone) {
    return new Wish(true, zone);
  }

  /// What the file says when nobody decides for each replica.
  public static Wish of(ServiceSpec spec) {
    return usesSpot(spec) ? SPOT : ON_DEMAND;
  }

  /// True when the file asks for spot machines: all of its candidates do, or none.
  public static boolean usesSpot(ServiceSpec spec) {
    return spec.resources().stream().anyMatch(Resources::useSpot);
  }

  boolean accepts(Offer offer) {
    return offer.spot() == spot && (only == null || only.equals(Zones.of(offer)));
  }

  /// Whether a replica that runs there is one of those wished for.
  public boolean isMetBy(Machine machine) {
    return machine.placed()
        && machine.spot() == spot
        && (only == null || only.equals(Zones.of(machine)));
  }

  /// For reasons, for example `spot in aws/us-east-1/us-east-1a`.
  @Override
  public String toString() {
    return (spot ? "spot" : "on demand") + (only == null ? "" : " in " + only);
  }
}
