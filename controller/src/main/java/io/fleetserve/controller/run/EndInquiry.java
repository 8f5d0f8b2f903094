package io.fleetserve.controller.run;

import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.replica.ReplicaMachine;
import io.fleetserve.controller.replica.ReplicaSignal;
import io.fleetserve.provider.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes in agents' reports, and asks the provider first where a report tells of an end that may be
/// its doing. Confined to the service's loop.
///
/// ```
/// SIGTERM -> "stopped", "failed" -> out of routing, ask -> taken back: PREEMPTED
///                                                       -> else, or no answer: what the report says
/// ```
///
/// Reports that come while the provider is asked wait for its answer, so that they keep their
/// order.
final class EndInquiry {
  private final ServiceLedger ledger;
  private final ActionRunner actions;
  private final Map<ReplicaKey, List<AgentReport>> waiting = new HashMap<>();

  EndInquiry(ServiceLedger ledger, ActionRunner actions) {
    this.ledger = ledger;
    this.actions = actions;
  }

  /// An agent spoke.
  void reported(ReplicaKey key, AgentReport report, Instant now) {
    List<AgentReport> before = waiting.get(key);
    Optional<Replica> replica =
        ledger.replica(key).filter(row -> ReplicaMachine.isDoubtful(row, report));
    if (before != null) {
      before.add(report);
    } else if (replica.isEmpty()) {
      ledger.signal(key, new ReplicaSignal.Reported(report), now);
    } else {
      waiting.put(key, new ArrayList<>(List.of(report)));
      ledger.signal(key, new ReplicaSignal.EndDoubted(report), now);
      actions.ask(replica.get(), (answer, then) -> answered(key, answer, then));
    }
  }

  private void answered(ReplicaKey key, Optional<ReplicaSignal> answer, Instant now) {
    if (answer.orElse(null) instanceof ReplicaSignal.InstanceSeen(Instance instance)
        && isTakenBack(instance)) {
      ledger.signal(key, new ReplicaSignal.InstanceSeen(instance), now);
    }
    List<AgentReport> reports = waiting.remove(key);
    if (reports != null) {
      reports.forEach(report -> ledger.signal(key, new ReplicaSignal.Reported(report), now));
    }
  }

  /// Of any other end the agent knows more than the provider does.
  private static boolean isTakenBack(Instance instance) {
    return instance.state() == Instance.State.PREEMPTED || instance.preemptionAt() != null;
  }
}
