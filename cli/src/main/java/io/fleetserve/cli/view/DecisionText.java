package io.fleetserve.cli.view;

import io.fleetserve.api.wire.DecisionView;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// One decision, some lines.
///
///     2026-01-02 03:04:05  scaling  3 replicas  (request_rate, v1, #12)
///       2 to 3 replicas: 9 requests a second ...
///         replicas: 2 ready, target 2
///       replay: the same
public final class DecisionText {
  private DecisionText() {}

  public static List<String> of(DecisionView decision, ZoneId zone, Paint paint) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  %-9s  %s  (%s, v%d, #%d)"
            .formatted(
                Times.local(Instant.ofEpochMilli(decision.timeMillis()), zone),
                decision.kind(),
                paint.bold(decision.choice()),
                decision.rule(),
                decision.version(),
                decision.sequence()));
    if (!decision.reason().isBlank()) {
      lines.add("  " + decision.reason());
    }
    decision.weighed().forEach(line -> lines.add("    " + line));
    DecisionView.ReplayView again = decision.replay();
    if (again != null) {
      lines.add("  replay: " + (again.same() ? "the same" : paint.error("different")));
      again.differences().forEach(line -> lines.add("    " + line));
    }
    return lines;
  }
}
