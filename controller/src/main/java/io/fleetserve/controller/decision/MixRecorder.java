package io.fleetserve.controller.decision;

import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.spot.ZoneView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes down what a mix policy was given and answered. Stateless.
public final class MixRecorder {
  private MixRecorder() {}

  /// The record of a decision.
  ///
  /// @param policy name of the policy that decided
  /// @param settings it was made with
  public static DecisionDraft record(
      String policy,
      MixSettings settings,
      MixPolicy.Inputs in,
      MixPolicy.Decision decision,
      int version) {
    return new DecisionDraft(
        DecisionKind.MIX,
        in.now(),
        version,
        policy,
        choice(decision),
        () ->
            new DecisionDraft.Details(
                decision.reason(),
                weighed(in, decision),
                inputs(policy, settings, in).toString(),
                RecordedJson.tree(decision).toString()));
  }

  private static ObjectNode inputs(String policy, MixSettings settings, MixPolicy.Inputs in) {
    ObjectNode inputs = RecordedJson.without(in);
    inputs.put("policy", policy);
    inputs.set("settings", RecordedJson.tree(settings));
    return inputs;
  }

  private static String choice(MixPolicy.Decision decision) {
    List<String> parts = new ArrayList<>();
    decision.spot().stream()
        .filter(count -> count.replicas() > 0)
        .forEach(count -> parts.add(count.replicas() + " spot in " + count.zone()));
    if (decision.onDemand() > 0 || parts.isEmpty()) {
      parts.add(decision.onDemand() + " on demand");
    }
    return String.join(", ", parts);
  }

  private static List<String> weighed(MixPolicy.Inputs in, MixPolicy.Decision decision) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "wanted %d and %d to spare, cold start %d s"
            .formatted(in.wanted(), in.extra(), in.coldStart().toSeconds()));
    lines.add(
        "on demand: %s, %d ready of %d"
            .formatted(money(in.onDemandPrice()), in.onDemandReady(), in.onDemandLaunched()));
    for (ZoneView zone : in.zones()) {
      lines.add(zone(zone));
    }
    decision
        .detail()
        .zones()
        .forEach(risk ->
            lines.add(
                "%s: loss %.1f %%%s%s"
                    .formatted(
                        risk.zone(),
                        100 * risk.lossProbability(),
                        risk.usable() ? "" : ", not usable",
                        risk.note().isEmpty() ? "" : ", " + risk.note())));
    decision
        .detail()
        .candidates()
        .forEach(candidate ->
            lines.add(
                "%d spot, %d on demand: %s, risk %.2f %%, score %.3f"
                    .formatted(
                        candidate.spot().stream().mapToInt(count -> count.replicas()).sum(),
                        candidate.onDemand(),
                        money(candidate.hourlyCost()),
                        100 * candidate.shortageRisk(),
                        candidate.score())));
    return lines;
  }

  private static String zone(ZoneView zone) {
    StringBuilder text = new StringBuilder();
    text.append(zone.key()).append(": ").append(money(zone.price())).append(", ");
    text.append(zone.ready()).append(" ready of ").append(zone.held());
    Map.of("lost", zone.lost(), "refused", zone.failed()).entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> text.append(", ").append(entry.getValue()).append(' ').append(entry.getKey()));
    return text.append(zone.noticed() ? ", notice given" : "")
        .append(zone.blocked() ? ", blocked" : "")
        .toString();
  }

  private static String money(double dollars) {
    return String.format(Locale.ROOT, "$%.3f/h", dollars);
  }

  /// The answer to recorded inputs.
  static JsonNode repeat(JsonNode inputs) {
    MixPolicy policy =
        MixPolicies.forName(
            inputs.path("policy").asString(),
            RecordedJson.value(inputs.path("settings"), MixSettings.class));
    return RecordedJson.tree(
        policy.decide(RecordedJson.record(MixPolicy.Inputs.class, inputs, Map.of())));
  }
}
