package io.fleetserve.controller.replica;

import static io.fleetserve.api.status.ReplicaStatus.DRAINING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_CLEANUP;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROBING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.PENDING;
import static io.fleetserve.api.status.ReplicaStatus.PREEMPTED;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.SHUTTING_DOWN;
import static io.fleetserve.api.status.ReplicaStatus.UNKNOWN;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.controller.model.Cleanup;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.provider.ProviderError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The life of one replica: (replica, signal, now) to (replica, events).
///
/// ```
///   (new)                                         agent says
///     v                                     READY           NOT_READY
///  PENDING --Asked--> PROVISIONING --Reported--> STARTING --> READY <--> NOT_READY
///     |                  |   ^                      |           |            |
///     | Refused          |   | seen again, Rerouted |           +-DrainWanted+
///     | DrainWanted      |   v                      |                 v
///     |                  | UNKNOWN                  |              DRAINING
///     |                  |                          |                 | Drained, STOPPED, lost
///     |                  +------DrainWanted---------+---------> SHUTTING_DOWN <--+
///     |                  |                          |             |    |         |
///     v                  v Rejected, GivenUp, gone  |   Terminated|    |CleanupFailed
///  FAILED_PROVISION <----+                          |             v    v         | (Terminate
///                                                   |       (released) FAILED_CLEANUP is retried)
///   DRAINING --Recalled--------> READY      (was one too many, serves, not told to stop yet)
///   alive --Reported FAILED*---> FAILED, FAILED_INITIAL_DELAY, FAILED_PROBING
///   alive --InstanceSeen/Gone--> FAILED, PREEMPTED           (all keep the row; Terminated
///   alive --AgentSilent 5 min--> FAILED_PROBING               marks it released)
/// ```
///
/// Total: every pair of status and signal has an answer; a signal that does not fit, a repeat or an
/// old report changes nothing. Whoever sends `Asked` reads the result before calling the provider:
/// only PROVISIONING with its own attempt id is a permission to call.
public final class ReplicaMachine {
  /// Silence of an agent after which its replica is replaced although its machine is there.
  public static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

  private static final Duration SILENCE_STEP = Duration.ofSeconds(15);

  private ReplicaMachine() {}

  /// What `signal` makes of `replica`. Never throws.
  public static Transition on(Replica replica, ReplicaSignal signal, Instant now) {
    return switch (signal) {
      case ReplicaSignal.Refused refused -> refused(replica, refused, now);
      case ReplicaSignal.Asked asked -> asked(replica, asked, now);
      case ReplicaSignal.Rerouted rerouted -> rerouted(replica, rerouted, now);
      case ReplicaSignal.Accepted accepted -> InstanceRules.accepted(replica, accepted.ref(), now);
      case ReplicaSignal.Rejected rejected -> rejected(replica, rejected.error(), now);
      case ReplicaSignal.OutcomeUnknown unknown -> outcomeUnknown(replica, unknown.error(), now);
      case ReplicaSignal.Reported reported -> ReportRules.on(replica, reported.report(), now);
      case ReplicaSignal.EndDoubted doubted -> ReportRules.doubted(replica, doubted.report(), now);
      case ReplicaSignal.AgentSilent silent -> silent(replica, silent.silence(), now);
      case ReplicaSignal.InstanceSeen seen -> InstanceRules.seen(replica, seen.instance(), now);
      case ReplicaSignal.InstanceGone ignored -> InstanceRules.gone(replica, now);
      case ReplicaSignal.DrainWanted wanted -> drain(replica, wanted, now);
      case ReplicaSignal.Recalled recalled -> recalled(replica, recalled.reason(), now);
      case ReplicaSignal.Drained drained -> drained(replica, drained.reason(), now);
      case ReplicaSignal.StopSent ignored -> stopSent(replica, now);
      case ReplicaSignal.TerminateSent ignored -> terminateSent(replica, now);
      case ReplicaSignal.Terminated ignored -> InstanceRules.gone(replica, now);
      case ReplicaSignal.CleanupFailed failed -> cleanupFailed(replica, failed.reason(), now);
      case ReplicaSignal.GivenUp givenUp -> givenUp(replica, givenUp.reason(), now);
      case ReplicaSignal.Relabelled relabelled ->
          replica.status().isAlive()
              ? silently(replica.withVersion(relabelled.version()))
              : silently(replica);
    };
  }

  /// Whether a report tells of an end that may be the provider's doing, who takes machines like
  /// this one back: what arrives first is then often only the signal that ends the processes.
  public static boolean isDoubtful(Replica replica, AgentReport report) {
    return replica.machine().spot()
        && replica.status().isAlive()
        && ReportRules.isNew(replica, report)
        && ReportRules.isEnd(report.phase());
  }

  static Transition silently(Replica next) {
    return new Transition(next, List.of());
  }

  static Transition told(Replica next, EventType type, Severity severity, String message) {
    return new Transition(next, List.of(EventDraft.of(type, severity, next, message)));
  }

  /// A failure for which the version is not to blame.
  static Transition failed(Replica replica, ReplicaStatus status, String reason, Instant now) {
    EventType type = status == PREEMPTED ? EventType.REPLICA_PREEMPTED : EventType.REPLICA_FAILED;
    Severity severity = status == PREEMPTED ? Severity.WARNING : Severity.ERROR;
    return told(replica.withStatus(status, reason, now), type, severity, status + ": " + reason);
  }

  private static Transition refused(Replica replica, ReplicaSignal.Refused refused, Instant now) {
    if (replica.status() != PENDING) {
      return silently(replica);
    }
    Replica released = replica.withCleanup(Cleanup.RELEASED);
    return failed(
        refused.versionFault() ? released.withVersionFault() : released,
        FAILED_PROVISION,
        refused.reason(),
        now);
  }

  private static Transition asked(Replica replica, ReplicaSignal.Asked asked, Instant now) {
    if (replica.status() != PENDING) {
      return silently(replica);
    }
    return told(
        replica
            .withAttempt(asked.attemptId(), asked.machine())
            .withStatus(PROVISIONING, "asked " + where(asked.machine()), now),
        EventType.REPLICA_LAUNCHED,
        Severity.INFO,
        "launched on " + where(asked.machine()) + ": " + replica.reason());
  }

  private static Transition rerouted(
      Replica replica, ReplicaSignal.Rerouted rerouted, Instant now) {
    if (replica.status() != PROVISIONING
        || !replica.createOutstanding()
        || rerouted.attemptId().equals(replica.attemptId())) {
      return silently(replica);
    }
    String why = "%s said: %s".formatted(replica.machine().place(), rerouted.error().message());
    return told(
        replica
            .withAttempt(rerouted.attemptId(), rerouted.machine())
            .withLaunchedAt(now)
            .withStatus(PROVISIONING, "asked " + where(rerouted.machine()) + ", " + why, now),
        EventType.REPLICA_LAUNCHED,
        Severity.INFO,
        "launched on " + where(rerouted.machine()) + ": " + why);
  }

  /// For example `aws/us-east-1/us-east-1a, spot (8 H100)`.
  private static String where(Machine machine) {
    return machine.place() + (machine.spot() ? ", spot" : "") + " (" + machine.offer() + ")";
  }

  private static Transition rejected(Replica replica, ProviderError error, Instant now) {
    if (replica.status() == PENDING
        || replica.status() == PROVISIONING
        || replica.status() == UNKNOWN) {
      Replica released = replica.withCleanup(Cleanup.RELEASED);
      Replica blamed =
          error.category() == ProviderError.Category.INVALID_REQUEST
              ? released.withVersionFault()
              : released;
      return failed(blamed, FAILED_PROVISION, error.message(), now);
    }
    return replica.status().isAlive() || replica.instance() != null
        ? silently(replica)
        : silently(replica.withCleanup(replica.cleanup().withReleased()));
  }

  private static Transition outcomeUnknown(Replica replica, ProviderError error, Instant now) {
    if (!replica.createOutstanding()) {
      return silently(replica);
    }
    Replica next = replica.withInstance(null, true);
    return silently(
        replica.status() == PROVISIONING
            ? next.withStatus(
                PROVISIONING, "the provider's answer is lost: " + error.message(), now)
            : next);
  }

  private static Transition silent(Replica replica, Duration silence, Instant now) {
    if (!replica.status().isAlive() || !replica.agent().known()) {
      return silently(replica);
    }
    if (silence.compareTo(LONGEST_SILENCE) >= 0) {
      return failed(
          replica, FAILED_PROBING, "its agent was silent for " + silence.toSeconds() + " s", now);
    }
    long steps = silence.dividedBy(SILENCE_STEP);
    return silently(
        steps == 0
            ? replica
            : replica.withStatus(
                replica.status(),
                "its agent has been silent for " + steps * SILENCE_STEP.toSeconds() + " s",
                now));
  }

  private static Transition recalled(Replica replica, String reason, Instant now) {
    boolean may =
        replica.status() == DRAINING
            && replica.recallable()
            && replica.cleanup().stopSentAt() == null;
    return may
        ? told(
            replica.withRecallable(false).withStatus(READY, reason, now),
            EventType.REPLICA_READY,
            Severity.INFO,
            "back in routing: " + reason)
        : silently(replica);
  }

  private static Transition drain(Replica replica, ReplicaSignal.DrainWanted wanted, Instant now) {
    String reason = wanted.reason();
    return switch (replica.status()) {
      case PENDING ->
          silently(replica.withCleanup(Cleanup.RELEASED).withStatus(SHUTTING_DOWN, reason, now));
      case PROVISIONING, STARTING, UNKNOWN ->
          told(
              replica.withStatus(SHUTTING_DOWN, reason, now),
              EventType.REPLICA_DRAINING,
              Severity.INFO,
              "ends before it was ready: " + reason);
      case READY, NOT_READY ->
          told(
              replica
                  .withRecallable(wanted.surplus() && replica.isReady())
                  .withStatus(DRAINING, reason, now),
              EventType.REPLICA_DRAINING,
              Severity.INFO,
              "out of routing: " + reason);
      // What is to go for another reason does not come back.
      case DRAINING -> silently(wanted.surplus() ? replica : replica.withRecallable(false));
      case SHUTTING_DOWN,
          FAILED,
          FAILED_INITIAL_DELAY,
          FAILED_PROBING,
          FAILED_PROVISION,
          FAILED_CLEANUP,
          PREEMPTED ->
          silently(replica);
    };
  }

  private static Transition drained(Replica replica, String reason, Instant now) {
    return silently(
        replica.status() == DRAINING ? replica.withStatus(SHUTTING_DOWN, reason, now) : replica);
  }

  private static Transition stopSent(Replica replica, Instant now) {
    return silently(
        replica.status().isEnding() && replica.cleanup().stopSentAt() == null
            ? replica.withCleanup(replica.cleanup().withStopSentAt(now))
            : replica);
  }

  private static Transition terminateSent(Replica replica, Instant now) {
    return silently(
        replica.status().isAlive() || !replica.holdsMachine()
            ? replica
            : replica.withCleanup(replica.cleanup().withTerminateSentAt(now)));
  }

  private static Transition cleanupFailed(Replica replica, String reason, Instant now) {
    if (replica.status().isAlive() || !replica.holdsMachine()) {
      return silently(replica);
    }
    Replica counted = replica.withCleanup(replica.cleanup().withFailure(now));
    Replica next =
        replica.status().isEnding() || replica.status() == FAILED_CLEANUP
            ? counted.withStatus(FAILED_CLEANUP, reason, now)
            : counted;
    int failures = counted.cleanup().failures();
    // Told at 1, 2, 4, 8 ... failures: a provider that is down for a day makes a few events.
    return Integer.bitCount(failures) == 1
        ? told(
            next,
            EventType.CLEANUP_FAILED,
            Severity.ERROR,
            "ending failed " + failures + " times, tried again: " + reason)
        : silently(next);
  }

  private static Transition givenUp(Replica replica, String reason, Instant now) {
    return switch (replica.status()) {
      case PENDING -> failed(replica.withCleanup(Cleanup.RELEASED), FAILED_PROVISION, reason, now);
      case PROVISIONING, UNKNOWN -> failed(replica, FAILED_PROVISION, reason, now);
      case STARTING -> failed(replica, FAILED, reason, now);
      case READY, NOT_READY -> failed(replica, FAILED_PROBING, reason, now);
      case DRAINING,
          SHUTTING_DOWN,
          FAILED,
          FAILED_INITIAL_DELAY,
          FAILED_PROBING,
          FAILED_PROVISION,
          FAILED_CLEANUP,
          PREEMPTED ->
          silently(replica);
    };
  }
}
