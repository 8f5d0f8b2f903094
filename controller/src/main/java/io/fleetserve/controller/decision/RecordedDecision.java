package io.fleetserve.controller.decision;

import java.time.Instant;
import java.util.List;

/// One decision with what it was made from. Holds no secrets: of the service file only the
/// version's number is kept.
///
/// @param sequence of the store, growing; 0 before it is stored
/// @param version of the service whose file was used
/// @param rule name of the policy that decided
/// @param choice what was decided, short, for example `3 replicas`
/// @param reason the policy's own sentence
/// @param weighed what it looked at, for people, one line each
/// @param inputs JSON object of all that the policy was given, save the service file; empty when it
///   was too large to be kept
/// @param outcome JSON object of all that it answered
public record RecordedDecision(
    long sequence,
    Instant at,
    DecisionKind kind,
    int version,
    String rule,
    String choice,
    String reason,
    List<String> weighed,
    String inputs,
    String outcome) {
  /// Longest `inputs` that are kept, in characters.
  static final int LONGEST_INPUTS = 256 << 10;

  public RecordedDecision {
    weighed = List.copyOf(weighed);
  }
}
