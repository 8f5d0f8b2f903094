package io.fleetserve.controller.decision;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// A decision before it is known whether it is kept: most repeat the one before, and are not worth
/// writing out. Immutable; [#record] may be called once or never, on the same thread.
public final class DecisionDraft {
  /// The costly part.
  record Details(String reason, List<String> weighed, String inputs, String outcome) {
    Details {
      weighed = List.copyOf(weighed);
    }
  }

  private final DecisionKind kind;
  private final Instant at;
  private final int version;
  private final String rule;
  private final String choice;
  private final Supplier<Details> details;

  DecisionDraft(
      DecisionKind kind,
      Instant at,
      int version,
      String rule,
      String choice,
      Supplier<Details> details) {
    this.kind = kind;
    this.at = at;
    this.version = version;
    this.rule = rule;
    this.choice = choice;
    this.details = details;
  }

  public DecisionKind kind() {
    return kind;
  }

  public Instant at() {
    return at;
  }

  /// Whether the same was decided by the same rule as in `before`.
  public boolean repeats(DecisionDraft before) {
    return kind == before.kind
        && version == before.version
        && rule.equals(before.rule)
        && choice.equals(before.choice);
  }

  /// The whole, written out.
  public RecordedDecision record() {
    Details all = details.get();
    return new RecordedDecision(
        0,
        at,
        kind,
        version,
        rule,
        choice,
        all.reason(),
        all.weighed(),
        all.inputs().length() > RecordedDecision.LONGEST_INPUTS ? "" : all.inputs(),
        all.outcome());
  }
}
