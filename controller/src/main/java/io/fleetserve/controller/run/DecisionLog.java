package io.fleetserve.controller.run;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.controller.decision.DecisionDraft;
import io.fleetserve.controller.decision.DecisionKind;
import io.fleetserve.controller.store.Changes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses which decisions of a service are stored: each that differs from the one before of its
/// kind, and one every ten minutes besides, so that a quiet time shows too. Confined to the
/// service's loop.
final class DecisionLog {
  private static final Duration SAMPLE = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);

  private final Changes changes;
  private final Map<DecisionKind, DecisionDraft> last = new EnumMap<>(DecisionKind.class);

  DecisionLog(Changes changes) {
    this.changes = changes;
  }

  void note(DecisionDraft decision) {
    DecisionDraft before = last.get(decision.kind());
    if (before != null && decision.repeats(before) && !isOld(before, decision)) {
      return;
    }
    last.put(decision.kind(), decision);
    try {
      changes.decision(decision.record());
    } catch (RuntimeException bug) {
      // The decision stands: it must not fail because it cannot be explained.
      LOG.atError()
          .addKeyValue(LogKeys.REASON, decision.kind())
          .setCause(bug)
          .log("decision not recorded");
    }
  }

  private static boolean isOld(DecisionDraft before, DecisionDraft decision) {
    return Duration.between(before.at(), decision.at()).abs().compareTo(SAMPLE) >= 0;
  }
}
