package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ServiceSection.Drain;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.rollout.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// Replicas of which it is announced that they are taken back, or end by themselves: each serves
/// until others carry the load, and is drained at the latest so early that its requests can end.
final class NoticeStep {
  /// Before the machine goes, unless the drain timeout is shorter.
  private static final Duration LEAD = Duration.ofSeconds(30);

  /// Of a short notice: the rest is for a replacement to become ready.
  private static final int SHARE = 3;

  private NoticeStep() {}

  /// @param ready ready replicas that stay, beside those of `leaving`
  static void plan(PlanDraft draft, List<Replica> leaving, int ready, int wanted) {
    int spare = ready + Fleet.ready(leaving) - wanted;
    for (Replica replica :
        leaving.stream().sorted(Comparator.comparing(NoticeStep::end)).toList()) {
      Instant last = end(replica).minus(lead(draft, replica));
      if (!replica.isReady()) {
        draft.drain(replica, replica.machine().farewell());
      } else if (spare > 0) {
        spare--;
        draft.drain(
            replica, replica.machine().farewell() + ", %d others are ready".formatted(ready));
      } else if (!draft.now.isBefore(last)) {
        draft.drain(replica, replica.machine().farewell() + ", its requests must end");
      } else {
        draft.wake(last);
      }
    }
  }

  private static Instant end(Replica replica) {
    Instant at = replica.machine().preemptionAt();
    return at == null ? Instant.MAX : at;
  }

  private static Duration lead(PlanDraft draft, Replica replica) {
    Duration drain =
        Versions.numbered(draft.versions(), replica.version())
            .map(version -> version.spec().service().drain())
            .orElse(Drain.DEFAULT)
            .timeout();
    Duration most = drain.compareTo(LEAD) < 0 ? drain : LEAD;
    Instant known = replica.machine().noticedAt();
    if (known == null) {
      return most;
    }
    Duration share = Duration.between(known, end(replica)).dividedBy(SHARE);
    return share.compareTo(most) < 0 ? share : most;
  }
}
