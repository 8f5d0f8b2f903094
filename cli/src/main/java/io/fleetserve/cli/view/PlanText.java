package io.fleetserve.cli.view;

import io.fleetserve.api.wire.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What is about to be done with a service file.
public final class PlanText {
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
    for (String reason : plan.reasons()) {
      lines.add("  " + reason);
    }
    return lines;
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
