package io.fleetserve.controller.decision;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.placement.Candidate;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Placement;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.provider.Offer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes down what placement was given and answered. Stateless.
public final class PlacementRecorder {
  private static final String RULE = "placement";

  private PlacementRecorder() {}

  /// Everything placement is given, save the service file.
  public record Inputs(Wish wish, List<Candidate> candidates, Placement.Known known) {
    public Inputs {
      candidates = List.copyOf(candidates);
    }
  }

  /// The record of a choice.
  ///
  /// @param version whose file was used
  public static DecisionDraft record(Inputs in, Placed placed, int version) {
    return new DecisionDraft(
        DecisionKind.PLACEMENT,
        in.known().now(),
        version,
        RULE,
        choice(placed),
        () ->
            new DecisionDraft.Details(
                in.wish() + ": " + last(placed.reasons()),
                placed.reasons(),
                RecordedJson.without(in).toString(),
                outcome(placed).toString()));
  }

  private static String last(List<String> reasons) {
    return reasons.isEmpty() ? "" : reasons.getLast();
  }

  private static String choice(Placed placed) {
    return switch (placed) {
      case Placed.On on -> name(on.offer());
      case Placed.Refused refused -> "refused";
      case Placed.Exhausted exhausted -> "nowhere for now";
    };
  }

  private static String name(Offer offer) {
    return "%s %s%s at %s"
        .formatted(
            Zones.of(offer),
            offer.instanceType(),
            offer.spot() ? " spot" : "",
            String.format(Locale.ROOT, "$%.3f/h", offer.hourlyPrice()));
  }

  private static JsonNode outcome(Placed placed) {
    ObjectNode outcome = RecordedJson.object();
    outcome.put(
        "placed",
        switch (placed) {
          case Placed.On on -> "on";
          case Placed.Refused refused -> "refused";
          case Placed.Exhausted exhausted -> "exhausted";
        });
    if (placed instanceof Placed.On on) {
      outcome.set("offer", RecordedJson.tree(on.offer()));
    }
    outcome.set("reasons", RecordedJson.tree(placed.reasons()));
    return outcome;
  }

  /// The answer to recorded inputs.
  static JsonNode repeat(JsonNode inputs, ServiceSpec spec) {
    Inputs in = RecordedJson.record(Inputs.class, inputs, Map.of());
    return outcome(Placement.choose(spec, in.wish(), in.candidates(), in.known()));
  }
}
