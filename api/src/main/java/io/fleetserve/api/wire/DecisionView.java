package io.fleetserve.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One decision of the controller, with what it was made from.
///
/// @param sequence grows with time, over all services
/// @param kind `scaling`, `mix` or `placement`
/// @param version of the service whose file was used
/// @param rule name of the policy that decided
/// @param choice what was decided, short
/// @param reason the policy's own sentence
/// @param weighed what it looked at, one line each
/// @param inputs all that the policy was given, save the service file; null when that was too large
///   to be kept
/// @param outcome all that it answered
/// @param replay what comes out when it is made again now; null unless asked for
public record DecisionView(
    long sequence,
    long timeMillis,
    String kind,
    int version,
    String rule,
    String choice,
    String reason,
    List<String> weighed,
    JsonNode inputs,
    JsonNode outcome,
    @Nullable ReplayView replay) {
  public DecisionView {
    weighed = List.copyOf(weighed);
  }

  /// A decision made again.
  ///
  /// @param same the same answer
  /// @param differences where it differs, or why it could not be made again
  public record ReplayView(boolean same, List<String> differences) {
    public ReplayView {
      differences = List.copyOf(differences);
    }
  }
}
