package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.placement.Placement.Fit;
import io.fleetserve.controller.placement.Placement.Known;
import io.fleetserve.controller.spot.ZoneKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is offered for a service file, in both markets.
///
/// @param zones those that sell spot machines, in their natural order
/// @param onDemand the cheapest machine that stays; null when none fits
public record Market(List<Zone> zones, @Nullable OnDemand onDemand) {
  public Market {
    zones = List.copyOf(zones);
  }

  /// A zone's spot market.
  ///
  /// @param price dollars an hour of its cheapest offer that is not blocked, else of its cheapest
  /// @param blocked nothing may be asked for there now
  /// @param rank of the first candidate in the file that it can meet, with `ordered`; else 0
  public record Zone(ZoneKey key, double price, boolean blocked, int rank) {}

  /// A machine that stays.
  ///
  /// @param price dollars an hour
  public record OnDemand(ZoneKey place, double price) {}

  /// Compares candidates with their offers of each market; see [Placement#choose].
  public static Market of(
      ServiceSpec spec, List<Candidate> spot, List<Candidate> onDemand, Known known) {
    List<String> ignored = new ArrayList<>();
    List<Fit> fits = Placement.fits(spec, Wish.SPOT, spot, known.sites(), ignored);
    Map<ZoneKey, Zone> zones = new TreeMap<>();
    fits.forEach(fit -> zones.merge(Zones.of(fit.offer()), zone(fit, known), Market::better));
    List<Fit> steady = Placement.fits(spec, Wish.ON_DEMAND, onDemand, known.sites(), ignored);
    return new Market(
        List.copyOf(zones.values()),
        steady.stream()
            .map(Fit::offer)
            .findFirst()
            .map(offer -> new OnDemand(Zones.of(offer), offer.hourlyPrice()))
            .orElse(null));
  }

  /// True when nothing is offered in either market.
  public boolean isEmpty() {
    return zones.isEmpty() && onDemand == null;
  }

  private static boolean blocked(Fit fit, Known known) {
    return known.blocks().against(fit.offer(), known.now()).isPresent();
  }

  private static Zone zone(Fit fit, Known known) {
    return new Zone(
        Zones.of(fit.offer()), fit.offer().hourlyPrice(), blocked(fit, known), fit.rank());
  }

  private static Zone better(Zone one, Zone other) {
    if (one.blocked() != other.blocked()) {
      return one.blocked() ? other : one;
    }
    if (one.rank() != other.rank()) {
      return one.rank() < other.rank() ? one : other;
    }
    return one.price() <= other.price() ? one : other;
  }
}
