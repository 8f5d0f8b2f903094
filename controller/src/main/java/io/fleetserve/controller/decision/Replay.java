package io.fleetserve.controller.decision;

import io.fleetserve.api.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What comes out when a decision is made again from what was recorded, by the rules of today.
///
/// @param same the same answer
/// @param differences where it differs, or why it cannot be made again; empty when it is the same
public record Replay(boolean same, List<String> differences) {
  public Replay {
    differences = List.copyOf(differences);
  }

  /// Makes a decision again.
  ///
  /// @param spec the service file of its version; empty when that is not stored any more, and not
  ///   needed for a mix
  public static Replay of(RecordedDecision decision, Optional<ServiceSpec> spec) {
    if (decision.inputs().isEmpty()) {
      return impossible("its inputs were too large to be kept");
    }
    if (spec.isEmpty() && decision.kind() != DecisionKind.MIX) {
      return impossible("version " + decision.version() + " is not stored any more");
    }
    try {
      JsonNode inputs = RecordedJson.read(decision.inputs());
      JsonNode now =
          switch (decision.kind()) {
            case SCALING -> ScalingRecorder.repeat(inputs, spec.get());
            case MIX -> MixRecorder.repeat(inputs);
            case PLACEMENT -> PlacementRecorder.repeat(inputs, spec.get());
          };
      List<String> differences = Differences.of(RecordedJson.read(decision.outcome()), now);
      return new Replay(differences.isEmpty(), differences);
    } catch (JacksonException e) {
      return impossible("its inputs cannot be read by this version: " + e.getOriginalMessage());
    } catch (RuntimeException e) {
      return impossible(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  private static Replay impossible(String why) {
    return new Replay(false, List.of("cannot be made again: " + why));
  }
}
