package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.rollout.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Compares what is with what should be, and says what to do next. Pure, level-triggered: the same
/// state gives the same plan, and a plan that was carried out in part is continued by the next one.
///
/// ```
///   versions' status -> relabel in place -> roll out (rolling | blue-green) -> end what leaves
/// ```
///
/// Invariants, whatever happens in between: replicas that count as alive are never more than what
/// is wanted (the target, or the mix's total) + max_surge (in a mix at least 1; blue-green: twice
/// that) through a launch of ours, those a provider takes back not counted; ready ones are never
/// fewer than target - max_unavailable through a drain of ours, save those a provider takes back; a
/// replica is drained before it is stopped, stopped before it is terminated, and its row stays
/// until the provider says that nothing is left.
public final class ServicePlanner {
  private static final Duration RELAUNCH = Duration.ofSeconds(5);

  private ServicePlanner() {}

  public static ServicePlan plan(ServiceState state, Instant now) {
    PlanDraft draft = new PlanDraft(state, now);
    if (state.service().ending()) {
      end(draft);
      return draft.done();
    }
    Optional<ServiceVersion> desired = VersionStep.settle(draft);
    if (desired.isPresent()) {
      run(draft, desired.get());
    } else {
      drainAll(draft, "every version failed");
    }
    relaunch(draft);
    LeavingStep.plan(draft);
    return draft.done();
  }

  private static void run(PlanDraft draft, ServiceVersion desired) {
    Fleet fleet = Fleet.of(draft, desired);
    fleet
        .relabelled()
        .forEach(replica ->
            draft.add(
                new Action.Relabel(
                    replica.key(),
                    desired.number(),
                    "only the service section of version "
                        + desired.number()
                        + " differs: no restart")));
    NoticeStep.plan(
        draft, fleet.leaving(), fleet.readyCurrent() + Fleet.ready(fleet.old()), fleet.target());
    Optional<ServiceVersion> before = Versions.before(draft.versions(), desired);
    if (desired.mode() == Rollout.Mode.BLUE_GREEN
        && before.isPresent()
        && !Versions.inPlace(before.get(), desired)
        && fleet.switchPending()
        && !fleet.sharesFixedPort()) {
      BlueGreenStep.plan(draft, fleet, before.get());
    } else {
      RollingStep.plan(draft, RecallStep.plan(draft, fleet));
    }
  }

  private static void end(PlanDraft draft) {
    drainAll(draft, "the service ends");
    LeavingStep.plan(draft);
    if (LeavingStep.nothingLeft(draft)) {
      draft.add(new Action.EndService("no replica is left"));
    }
  }

  private static void drainAll(PlanDraft draft, String reason) {
    draft.state.replicas().stream()
        .filter(replica -> replica.status().isAlive() || replica.status() == ReplicaStatus.UNKNOWN)
        .forEach(replica -> draft.drain(replica, reason));
  }

  /// A row whose launch was cut off before a provider was asked is launched again.
  private static void relaunch(PlanDraft draft) {
    for (Replica replica : draft.state.replicas()) {
      if (replica.status() != ReplicaStatus.PENDING || !draft.stays(replica)) {
        continue;
      }
      Instant due = replica.statusSince().plus(RELAUNCH);
      if (draft.now.isBefore(due)) {
        draft.wake(due);
      } else {
        draft.add(
            new Action.Launch(
                replica.id(),
                replica.key().generation(),
                replica.version(),
                Versions.numbered(draft.versions(), replica.version())
                    .map(version -> Wish.of(version.spec()))
                    .orElse(Wish.ON_DEMAND),
                replica.reason()));
      }
    }
  }
}
