package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.placement.Placement.Fit;
import io.fleetserve.controller.placement.Placement.Known;
import io.fleetserve.controller.spot.ZoneKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// What is offered for a service file, in both markets.
///
/// @param zones those that sell spot machines, in their natural order; with `ordered` only those of
///   the first candidate that is offered anywhere
/// @param onDemandPrice dollars an hour of the cheapest machine that stays; empty when none fits
public record Market(List<Zone> zones, OptionalDouble onDemandPrice) {
  public Market {
    zones = List.copyOf(zones);
  }

  /// A zone's spot market.
  ///
  /// @param price dollars an hour of its cheapest offer that is not blocked, else of its cheapest
  /// @param blocked nothing may be asked for there now
  public record Zone(ZoneKey key, double price, boolean blocked) {}

  /// Compares candidates with their offers of each market; see [Placement#choose].
  public static Market of(
      ServiceSpec spec, List<Candidate> spot, List<Candidate> onDemand, Known known) {
    List<String> ignored = new ArrayList<>();
    List<Fit> fits = Placement.fits(spec, Wish.SPOT, spot, known.sites(), ignored);
    int rank = Placement.bestRank(fits, known);
    Map<ZoneKey, Zone> zones = new TreeMap<>();
    for (Fit fit : fits) {
      if (fit.rank() == rank) {
        zones.merge(Zones.of(fit.offer()), zone(fit, known), Market::better);
      }
    }
    OptionalDouble price =
        Placement.fits(spec, Wish.ON_DEMAND, onDemand, known.sites(), ignored).stream()
            .mapToDouble(fit -> fit.offer().hourlyPrice())
            .findFirst();
    return new Market(List.copyOf(zones.values()), price);
  }

  /// True when nothing is offered in either market.
  public boolean isEmpty() {
    return zones.isEmpty() && onDemandPrice.isEmpty();
  }

  private static boolean blocked(Fit fit, Known known) {
    return known.blocks().against(fit.offer(), known.now()).isPresent();
  }

  private static Zone zone(Fit fit, Known known) {
    return new Zone(Zones.of(fit.offer()), fit.offer().hourlyPrice(), blocked(fit, known));
  }

  private static Zone better(Zone one, Zone other) {
    if (one.blocked() != other.blocked()) {
      return one.blocked() ? other : one;
    }
    return one.price() <= other.price() ? one : other;
  }
}
