package io.fleetserve.provider.sim.cloud;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.Resources.Amount;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the cloud sells for a wish: every fitting machine in every fitting zone, cheapest first, at
/// the prices of now. As with real price lists, an offer does not tell whether there is capacity.
record CloudOffers(String provider, CloudSettings settings) {
  List<Offer> offers(OfferQuery query, long now) {
    Resources wish = query.resources();
    List<String> reasons = new ArrayList<>();
    if (query.numNodes() != 1) {
      reasons.add("num_nodes is " + query.numNodes() + " (expected: 1)");
    }
    if (wish.imageId() != null) {
      reasons.add("runs no images, image_id is " + wish.imageId() + " (expected: none)");
    }
    List<CloudZone> zones =
        settings.zones().stream().filter(zone -> isMeant(wish.infra(), zone)).toList();
    if (zones.isEmpty()) {
      reasons.add("has no such place, infra is " + wish.infra() + " (there are: " + places() + ")");
    }
    List<MachineType> types = new ArrayList<>();
    List<String> unfit = new ArrayList<>();
    for (MachineType type : settings.types()) {
      against(wish, type).ifPresentOrElse(unfit::add, () -> types.add(type));
    }
    if (types.isEmpty()) {
      reasons.addAll(unfit);
    }
    reasons.forEach(reason -> query.reject().accept(provider + ": " + reason));
    return reasons.isEmpty() ? offers(zones, types, wish.useSpot(), now) : List.of();
  }

  private List<Offer> offers(
      List<CloudZone> zones, List<MachineType> types, boolean spot, long now) {
    List<Offer> all = new ArrayList<>();
    for (CloudZone zone : zones) {
      for (MachineType type : types) {
        double price = spot ? type.spotPrice() * zone.spotPrice().at(now) : type.price();
        all.add(
            new Offer(
                provider,
                zone.region(),
                zone.name(),
                type.name(),
                description(type),
                rounded(price),
                spot));
      }
    }
    all.sort(Comparator.comparingDouble(Offer::hourlyPrice));
    return all;
  }

  /// A price without digits that only arithmetic has made.
  static double rounded(double price) {
    return Math.round(price * 1e6) / 1e6;
  }

  private String places() {
    return String.join(
        ", ", settings.zones().stream().map(zone -> zone.place(provider)).limit(12).toList());
  }

  /// `*` stands for anything, and what is not written too.
  private boolean isMeant(@Nullable String infra, CloudZone zone) {
    String[] parts = infra == null ? new String[0] : infra.strip().split("/", 3);
    String[] place = {provider, zone.region(), zone.name()};
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].strip().toLowerCase(Locale.ROOT);
      if (!part.isEmpty() && !part.equals("*") && !part.equals(place[i].toLowerCase(Locale.ROOT))) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> against(Resources wish, MachineType type) {
    if (wish.instanceType() != null && !wish.instanceType().equals(type.name())) {
      return Optional.of(type.name() + " is not " + wish.instanceType());
    }
    return amount(type, "CPUs", type.cpus(), wish.cpus())
        .or(() -> amount(type, "GiB of memory", type.memoryGib(), wish.memoryGib()))
        .or(() -> accelerators(type, wish.accelerators()));
  }

  private static Optional<String> amount(
      MachineType type, String what, double has, @Nullable Amount wish) {
    if (wish == null || (wish.atLeast() ? has >= wish.value() : has == wish.value())) {
      return Optional.empty();
    }
    return Optional.of(
        "%s has %s %s (expected: %s%s)"
            .formatted(
                type.name(), number(has), what, wish.atLeast() ? ">= " : "", number(wish.value())));
  }

  private static Optional<String> accelerators(MachineType type, Map<String, Double> wishes) {
    for (Map.Entry<String, Double> wish : wishes.entrySet()) {
      int has =
          type.accelerators().entrySet().stream()
              .filter(entry -> entry.getKey().equalsIgnoreCase(wish.getKey()))
              .mapToInt(Map.Entry::getValue)
              .sum();
      if (has != wish.getValue()) {
        return Optional.of(
            "%s has %d %s (expected: %s)"
                .formatted(type.name(), has, wish.getKey(), number(wish.getValue())));
      }
    }
    return Optional.empty();
  }

  private static String description(MachineType type) {
    StringBuilder text = new StringBuilder();
    text.append(type.name()).append(": ").append(number(type.cpus()));
    text.append(type.cpus() == 1 ? " CPU, " : " CPUs, ");
    text.append(number(type.memoryGib())).append(" GiB");
    type.accelerators().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry ->
            text.append(", ").append(entry.getValue()).append(" x ").append(entry.getKey()));
    return text.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
