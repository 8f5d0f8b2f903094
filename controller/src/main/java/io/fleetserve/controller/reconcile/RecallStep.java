package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.placement.Wish;
import java.util.List;

/// Calls replicas back that drain only because they were too many, when they are wanted again
/// before they were told to stop: they serve at once, where a launch takes a cold start.
final class RecallStep {
  private RecallStep() {}

  /// Of the desired version, where the spread lacks replicas, as far as there is room.
  ///
  /// @return the fleet with those that were called back
  static Fleet plan(PlanDraft draft, Fleet fleet) {
    int room =
        fleet.spread().total() + fleet.maxSurge() - fleet.current().size() - fleet.old().size();
    int number = fleet.desired().number();
    String reason = fleet.spread().reason(number, fleet.current().size());
    for (Wish wish : fleet.spread().missing(draft, fleet.current())) {
      List<Replica> drains = recallable(draft, number, wish);
      if (room > 0 && !drains.isEmpty()) {
        room--;
        // The one that would have gone last.
        draft.recall(fleet.victims().ordered(drains).getLast(), reason);
      }
    }
    return Fleet.of(draft, fleet.desired());
  }

  private static List<Replica> recallable(PlanDraft draft, int version, Wish wish) {
    return draft.state.replicas().stream()
        .filter(replica -> replica.status() == ReplicaStatus.DRAINING && replica.recallable())
        .filter(replica -> replica.cleanup().stopSentAt() == null)
        .filter(replica -> replica.version() == version && !replica.machine().leaving())
        .filter(replica -> wish.isMetBy(replica.machine()))
        .toList();
  }
}
