package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.status.ReplicaStatus.DRAINING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_CLEANUP;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.SHUTTING_DOWN;
import static io.fleetserve.api.status.ReplicaStatus.UNKNOWN;

import io.fleetserve.api.spec.ServiceSection.Drain;
import io.fleetserve.controller.model.Cleanup;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.rollout.LaunchBackoff;
import io.fleetserve.controller.rollout.Versions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// The next step of each replica that leaves or may be lost.
///
/// ```
/// DRAINING       idle at every load balancer, or drain timeout       -> Stop
/// SHUTTING_DOWN  agent knows about it                                -> Stop
///                agent says stopped, or 2 * grace + 5 s later        -> Terminate, again each 5 s
/// failed rows    hold a machine                                      -> Terminate, with backoff
/// released rows  of ending replicas, and failed ones beyond history  -> Forget
/// PROVISIONING   no word from its agent                              -> Inspect, GiveUp
/// ```
final class LeavingStep {
  private static final Duration AGENT_ANSWER = Duration.ofSeconds(5);
  private static final Duration TERMINATE_AGAIN = Duration.ofSeconds(5);
  private static final Duration CREATE_ANSWER = Duration.ofSeconds(60);
  private static final Duration INSPECT = Duration.ofSeconds(10);
  private static final Duration JOIN = Duration.ofMinutes(10);

  /// Refused spot launches kept for people.
  private static final int REFUSED_KEPT = 5;

  private LeavingStep() {}

  static void plan(PlanDraft draft) {
    for (Replica replica : draft.state.replicas()) {
      if (replica.status() == DRAINING) {
        draining(draft, replica);
      } else if (replica.status() == SHUTTING_DOWN) {
        shuttingDown(draft, replica);
      } else if ((replica.status() == PROVISIONING && draft.stays(replica))
          || replica.status() == UNKNOWN) {
        awaited(draft, replica);
      } else if (replica.status().isFailed() && replica.holdsMachine()) {
        terminate(draft, replica, replica.status() + ": " + replica.reason());
      }
    }
    forget(draft);
  }

  /// True when every row is forgotten by this plan.
  static boolean nothingLeft(PlanDraft draft) {
    return draft.state.replicas().stream().allMatch(replica -> forgettable(draft, replica));
  }

  private static void draining(PlanDraft draft, Replica replica) {
    Drain drain = drainRule(draft, replica);
    Instant limit = replica.statusSince().plus(drain.timeout());
    if (draft.state.drained().contains(replica.key())) {
      draft.add(new Action.Stop(replica.key(), "drained: no request is in flight"));
    } else if (!draft.now.isBefore(limit)) {
      draft.add(
          new Action.Stop(
              replica.key(),
              "drain timeout of %d s is over, %d requests in flight"
                  .formatted(drain.timeout().toSeconds(), draft.state.inFlight(replica))));
    } else {
      draft.wake(limit);
    }
  }

  private static void shuttingDown(PlanDraft draft, Replica replica) {
    Cleanup cleanup = replica.cleanup();
    if (cleanup.released()) {
      return;
    }
    if (cleanup.stopped() || !replica.agent().known()) {
      terminate(draft, replica, replica.reason());
      return;
    }
    Instant sent = cleanup.stopSentAt();
    if (sent == null) {
      draft.add(new Action.Stop(replica.key(), replica.reason()));
      return;
    }
    Duration grace = drainRule(draft, replica).grace();
    Instant limit = sent.plus(grace.multipliedBy(2)).plus(AGENT_ANSWER);
    if (draft.now.isBefore(limit)) {
      draft.wake(limit);
    } else {
      terminate(
          draft,
          replica,
          "its agent did not stop it within %d s"
              .formatted(Duration.between(sent, limit).toSeconds()));
    }
  }

  private static void terminate(PlanDraft draft, Replica replica, String reason) {
    Cleanup cleanup = replica.cleanup();
    Instant due = replica.statusSince();
    if (replica.createOutstanding()) {
      due = due.plus(CREATE_ANSWER);
    }
    Instant sent = cleanup.terminateSentAt();
    if (sent != null) {
      due = later(due, sent.plus(TERMINATE_AGAIN));
    }
    Instant failed = cleanup.failedAt();
    if (failed != null) {
      due = later(due, failed.plus(LaunchBackoff.delay(Math.max(1, cleanup.failures()))));
    }
    if (draft.now.isBefore(due)) {
      draft.wake(due);
    } else if (!forgettable(draft, replica)) {
      draft.add(new Action.Terminate(replica.key(), reason));
    }
  }

  private static void awaited(PlanDraft draft, Replica replica) {
    Instant limit = replica.startedAt().plus(JOIN);
    if (!draft.now.isBefore(limit)) {
      draft.add(
          new Action.GiveUp(
              replica.key(),
              "its agent did not report within %d s of the %s"
                  .formatted(
                      JOIN.toSeconds(),
                      replica.queuedAt() == null ? "launch" : "end of its wait")));
      return;
    }
    draft.wake(limit);
    if (replica.createOutstanding()) {
      return;
    }
    Instant last = replica.inspectedAt();
    Instant due =
        last != null
            ? last.plus(INSPECT)
            : replica.outcomeUnknown() || replica.status() == UNKNOWN
                ? draft.now
                : replica.statusSince().plus(INSPECT);
    if (draft.now.isBefore(due)) {
      draft.wake(due);
    } else {
      draft.add(new Action.Inspect(replica.key(), replica.reason()));
    }
  }

  private static void forget(PlanDraft draft) {
    for (Replica replica : draft.state.replicas()) {
      if (forgettable(draft, replica)) {
        draft.add(
            new Action.Forget(
                replica.key(),
                replica.holdsMachine() ? "purged: something may be left" : "nothing is left"));
      }
    }
    if (draft.state.service().ending()) {
      return;
    }
    List<Replica> history =
        draft.state.replicas().stream()
            .filter(replica -> replica.status().isFailed() && !replica.holdsMachine())
            .filter(replica -> !forgettable(draft, replica))
            .sorted(Comparator.comparing(Replica::statusSince).reversed())
            .toList();
    int kept = Math.max(draft.state.failedHistory(), LaunchBackoff.MEMORY);
    forgetOlder(draft, history.stream().filter(replica -> !refusedSpot(replica)).toList(), kept);
    forgetOlder(draft, history.stream().filter(LeavingStep::refusedSpot).toList(), REFUSED_KEPT);
  }

  private static void forgetOlder(PlanDraft draft, List<Replica> newestFirst, int kept) {
    newestFirst.stream()
        .skip(kept)
        .forEach(replica ->
            draft.add(
                new Action.Forget(
                    replica.key(), "older than the last " + kept + " failed replicas")));
  }

  /// A spot launch that found no capacity: the mix policy remembers it.
  private static boolean refusedSpot(Replica replica) {
    return replica.status() == FAILED_PROVISION && replica.machine().spot();
  }

  private static boolean forgettable(PlanDraft draft, Replica replica) {
    boolean leaving =
        replica.status() == SHUTTING_DOWN
            || replica.status() == FAILED_CLEANUP
            || (draft.state.service().ending() && !replica.status().isAlive());
    boolean purged =
        draft.state.service().ending()
            && draft.state.service().purge()
            && !replica.status().isAlive()
            && replica.cleanup().failures() > 0;
    return purged || (leaving && !replica.holdsMachine());
  }

  private static Drain drainRule(PlanDraft draft, Replica replica) {
    return Versions.numbered(draft.versions(), replica.version())
        .map(version -> version.spec().service().drain())
        .orElse(Drain.DEFAULT);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
