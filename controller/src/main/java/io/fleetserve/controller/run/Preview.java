package io.fleetserve.controller.run;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.wire.PlannedOffer;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Survey;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.reconcile.MixForecast;
import io.fleetserve.controller.reconcile.MixTarget;
import io.fleetserve.controller.spot.ZoneKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// Where the replicas of a service file would go, offer by offer, and why.
///
/// @param offers everything that was compared, both markets, best first
/// @param reasons why, one line per decision
record Preview(List<PlannedOffer> offers, List<String> reasons) {
  Preview {
    offers = List.copyOf(offers);
    reasons = List.copyOf(reasons);
  }

  /// @param replicas wanted at once
  /// @param place where a replica goes when nothing is blocked
  static Preview of(
      ServiceSpec spec, int replicas, Placed.On place, PlacementDesk desk, Instant now) {
    return Wish.usesSpot(spec)
        ? mixed(spec, replicas, place, desk, now)
        : plain(desk.survey(spec, Wish.ON_DEMAND), replicas, place);
  }

  private static Preview plain(Survey survey, int replicas, Placed.On place) {
    Set<String> reasons = new LinkedHashSet<>(place.reasons());
    return new Preview(rows(survey, zone -> replicas, true), List.copyOf(reasons));
  }

  private static Preview mixed(
      ServiceSpec spec, int replicas, Placed.On place, PlacementDesk desk, Instant now) {
    Survey spot = desk.survey(spec, Wish.SPOT);
    Survey steady = desk.survey(spec, Wish.ON_DEMAND);
    MixTarget mix = MixForecast.settled(spec, replicas, desk.market(spec), now);
    List<PlannedOffer> offers =
        new ArrayList<>(rows(spot, zone -> mix.spot().getOrDefault(zone, 0), false));
    offers.addAll(rows(steady, zone -> mix.onDemand(), true));
    Set<String> reasons = new LinkedHashSet<>(spot.reasons());
    reasons.addAll(steady.reasons());
    reasons.add(
        "%s: %s, once all are ready: %s"
            .formatted(spec.service().spot().policy().yamlName(), mix.counts(), mix.reason()));
    place.reasons().stream()
        .filter(reason -> reason.startsWith("resources."))
        .forEach(reasons::add);
    return new Preview(offers, List.copyOf(reasons));
  }

  /// @param counts replicas of a zone, which all go to its first open offer
  /// @param once the count is of all zones together: the first open offer takes it
  private static List<PlannedOffer> rows(
      Survey survey, Function<ZoneKey, Integer> counts, boolean once) {
    Map<String, Boolean> taken = new TreeMap<>();
    List<PlannedOffer> rows = new ArrayList<>();
    for (Survey.Compared compared : survey.offers()) {
      ZoneKey zone = Zones.of(compared.offer());
      boolean takes =
          compared.open() && taken.putIfAbsent(once ? "" : zone.toString(), true) == null;
      rows.add(row(compared, takes ? counts.apply(zone) : 0, takes));
    }
    return rows;
  }

  private static PlannedOffer row(Survey.Compared compared, int replicas, boolean takes) {
    String note =
        compared
            .block()
            .map(block -> block.category().name().toLowerCase(Locale.ROOT) + ": " + block.reason())
            .orElse(
                !compared.first()
                    ? "another candidate comes first"
                    : takes ? (replicas > 0 ? "chosen" : "not needed") : "dearer");
    return new PlannedOffer(
        Zones.of(compared.offer()).toString(),
        compared.offer().instanceType(),
        compared.offer().description(),
        compared.offer().spot(),
        compared.offer().hourlyPrice(),
        replicas,
        note);
  }

  double hourlyCost() {
    return offers.stream().mapToDouble(offer -> offer.replicas() * offer.hourlyPrice()).sum();
  }

  /// Where replicas go, for example `aws/us-east-1/us-east-1a, aws/us-west-2/us-west-2b`.
  String infra(Placed.On place) {
    List<String> places =
        offers.stream()
            .filter(offer -> offer.replicas() > 0)
            .map(PlannedOffer::infra)
            .distinct()
            .toList();
    return places.isEmpty() ? Zones.of(place.offer()).toString() : String.join(", ", places);
  }
}
