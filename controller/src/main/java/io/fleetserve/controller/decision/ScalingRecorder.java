package io.fleetserve.controller.decision;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.autoscale.Autoscaler;
import io.fleetserve.controller.autoscale.Autoscalers;
import io.fleetserve.controller.load.LoadView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Lets an autoscaler decide and writes down what it was given, asked for and answered. Stateless.
public final class ScalingRecorder {
  private ScalingRecorder() {}

  /// A decision and its record.
  public record Recorded(Autoscaler.Decision decision, DecisionDraft draft) {}

  /// Decides.
  ///
  /// @param version whose spec is in the inputs
  public static Recorded decide(
      Autoscaler autoscaler, Autoscaler.Inputs in, int version, Instant now) {
    ObjectNode load = RecordedJson.object();
    Autoscaler.Decision decision =
        autoscaler.decide(
            RecordedJson.with(in, LoadView.class, RecordedLoad.recording(in.load(), load)), now);
    return new Recorded(
        decision,
        new DecisionDraft(
            DecisionKind.SCALING,
            now,
            version,
            autoscaler.name(),
            decision.target() + (decision.target() == 1 ? " replica" : " replicas"),
            () ->
                new DecisionDraft.Details(
                    decision.reason(),
                    weighed(in, load),
                    inputs(in, load, now).toString(),
                    outcome(decision).toString())));
  }

  private static ObjectNode inputs(Autoscaler.Inputs in, ObjectNode load, Instant now) {
    ObjectNode inputs = RecordedJson.without(in, LoadView.class, ServiceSpec.class);
    inputs.path("replicas").forEach(ScalingRecorder::hideToken);
    inputs.set("load", load);
    inputs.set("now", RecordedJson.tree(now));
    return inputs;
  }

  private static void hideToken(JsonNode replica) {
    if (replica instanceof ObjectNode row) {
      row.put("tokenHash", "");
    }
  }

  private static List<String> weighed(Autoscaler.Inputs in, JsonNode load) {
    List<String> lines = new ArrayList<>();
    lines.add("replicas: " + in.ready() + " ready, target " + in.target());
    load.properties().forEach(asked -> lines.add(asked.getKey() + ": " + asked.getValue()));
    return lines;
  }

  private static JsonNode outcome(Autoscaler.Decision decision) {
    return RecordedJson.tree(decision);
  }

  /// The answer to recorded inputs.
  static JsonNode repeat(JsonNode inputs, ServiceSpec spec) {
    LoadView load = RecordedLoad.replaying(inputs.path("load"));
    Autoscaler.Inputs in =
        RecordedJson.record(
            Autoscaler.Inputs.class, inputs, Map.of(LoadView.class, load, ServiceSpec.class, spec));
    Instant now = RecordedJson.value(inputs.path("now"), Instant.class);
    return outcome(Autoscalers.forSpec(spec).decide(in, now));
  }
}
