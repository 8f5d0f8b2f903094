package io.fleetserve.cli.view;

import io.fleetserve.api.wire.Plan;
import io.fleetserve.api.wire.PlannedOffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What is about to be done with a service file.
public final class PlanText {
  /// Offers shown at most.
  private static final int OFFERS = 40;

  private PlanText() {}

  /// One line: `tiny-llm v1 2 replicas local $0.00/h`.
  public static String headline(Plan plan) {
    return "%s v%d   %s   %s   %s"
        .formatted(
            plan.service(), plan.version(), replicas(plan), plan.infra(), cost(plan.hourlyCost()));
  }

  /// Everything the controller says about it, for `serve plan`.
  public static List<String> full(Plan plan) {
    List<String> lines = new ArrayList<>();
    lines.add(headline(plan));
    if (!plan.resources().isEmpty()) {
      lines.add("  resources: " + plan.resources());
    }
    lines.add("  replicas: " + plan.minReplicas() + " to " + plan.maxReplicas());
    if (plan.workdir() != null) {
      lines.add("  workdir: " + plan.workdir());
    }
    if (plan.version() > 1) {
      lines.add(
          plan.inPlace()
              ? "  in place: no replica is replaced"
              : "  every replica is replaced by one of version " + plan.version());
    }
    if (plan.offers().size() > 1) {
      offers(plan.offers()).forEach(line -> lines.add("  " + line));
    }
    for (String reason : plan.reasons()) {
      lines.add("  " + reason);
    }
    return lines;
  }

  private static List<String> offers(List<PlannedOffer> offers) {
    Table table =
        new Table(List.of("INFRA", "MARKET", "MACHINE", "$/H", "REPLICAS", "NOTE"), Paint.NONE);
    for (PlannedOffer offer : offers.subList(0, Math.min(OFFERS, offers.size()))) {
      table.add(
          Stream.of(
                  offer.infra(),
                  offer.spot() ? "spot" : "on demand",
                  offer.instanceType() + " (" + offer.resources() + ")",
                  price(offer.hourlyPrice()),
                  Integer.toString(offer.replicas()),
                  offer.note())
              .map(Table.Cell::of)
              .toList());
    }
    List<String> lines = new ArrayList<>(table.lines());
    if (offers.size() > OFFERS) {
      lines.add("and " + (offers.size() - OFFERS) + " more (-o json shows all)");
    }
    return lines;
  }

  /// Dollars an hour.
  static String price(double hourly) {
    return String.format(Locale.ROOT, hourly > 0 && hourly < 0.1 ? "%.4f" : "%.2f", hourly);
  }

  private static String replicas(Plan plan) {
    return count(plan.replicas(), "replica");
  }

  /// `1 replica`, `2 replicas`.
  public static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /// `$1.25/h`.
  static String cost(double hourlyCost) {
    return String.format(Locale.ROOT, "$%.2f/h", hourlyCost);
  }
}
