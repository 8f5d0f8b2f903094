package io.fleetserve.controller.replica;

import static io.fleetserve.controller.replica.ReplicaMachine.failed;
import static io.fleetserve.controller.replica.ReplicaMachine.silently;
import static io.fleetserve.controller.replica.ReplicaMachine.told;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.EventView.Severity;
import io.fleetserve.controller.model.AgentFacts;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Replica;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What an agent's report makes of its replica.
final class ReportRules {
  private ReportRules() {}

  static Transition on(Replica replica, AgentReport report, Instant now) {
    if (!isNew(replica, report)) {
      return silently(replica);
    }
    Replica heard = replica.withAgent(AgentFacts.of(report));
    if (replica.status().isAlive() || replica.status() == ReplicaStatus.UNKNOWN) {
      return alive(heard, report, now);
    }
    return replica.status().isEnding() ? ending(heard, report, now) : silently(heard);
  }

  /// False for a repeat, and for a report of another start.
  static boolean isNew(Replica replica, AgentReport report) {
    return report.generation() == replica.key().generation()
        && report.replicaId() == replica.id()
        && report.sequence() > replica.agent().sequence();
  }

  static boolean isEnd(AgentReport.Phase phase) {
    return switch (phase) {
      case PREPARING, SETTING_UP, STARTING, READY, NOT_READY, STOPPING -> false;
      case STOPPED, FAILED, FAILED_INITIAL_DELAY, FAILED_PROBING -> true;
    };
  }

  /// Out of routing at once; the report itself comes again when the provider has answered.
  static Transition doubted(Replica replica, AgentReport report, Instant now) {
    return replica.status().isAlive()
        ? notReady(replica, "asking the provider why it ended: " + report.reason(), now)
        : silently(replica);
  }

  private static Transition alive(Replica replica, AgentReport report, Instant now) {
    if (isEnd(report.phase()) && replica.machine().takenBack()) {
      return failed(
          report.phase() == AgentReport.Phase.STOPPED
              ? replica.withCleanup(replica.cleanup().withStopped())
              : replica,
          ReplicaStatus.PREEMPTED,
          "the provider takes its machine back, and its agent has ended: " + report.reason(),
          now);
    }
    return switch (report.phase()) {
      case PREPARING, SETTING_UP, STARTING -> starting(replica, report.reason(), now);
      case READY -> ready(replica, report, now);
      case NOT_READY -> notReady(replica, report.reason(), now);
      case STOPPING -> notReady(replica, "its agent stops: " + report.reason(), now);
      case STOPPED ->
          failed(
              replica.withCleanup(replica.cleanup().withStopped()),
              ReplicaStatus.FAILED,
              "its agent stopped without being told to: " + report.reason(),
              now);
      case FAILED -> blamed(replica, ReplicaStatus.FAILED, report.reason(), now);
      case FAILED_INITIAL_DELAY ->
          blamed(replica, ReplicaStatus.FAILED_INITIAL_DELAY, report.reason(), now);
      case FAILED_PROBING -> blamed(replica, ReplicaStatus.FAILED_PROBING, report.reason(), now);
    };
  }

  private static Transition blamed(
      Replica replica, ReplicaStatus status, String reason, Instant now) {
    return failed(replica.withVersionFault(), status, reason, now);
  }

  private static Transition starting(Replica replica, String reason, Instant now) {
    return replica.firstReadyAt() == null
        ? silently(replica.withStatus(ReplicaStatus.STARTING, reason, now))
        : notReady(replica, reason, now);
  }

  private static Transition ready(Replica replica, AgentReport report, Instant now) {
    if (report.host() == null || report.port() == 0) {
      return starting(replica, "ready, but its address is not known", now);
    }
    Replica next =
        replica.withStatus(ReplicaStatus.READY, report.reason(), now).withFirstReadyAt(now);
    if (replica.isReady()) {
      return silently(next);
    }
    return told(
        next,
        EventType.REPLICA_READY,
        Severity.INFO,
        "ready on "
            + report.host()
            + ":"
            + report.port()
            + ", "
            + seconds(
                replica.firstReadyAt() == null ? replica.launchedAt() : replica.statusSince(), now)
            + (replica.firstReadyAt() == null ? " after its launch" : " after it was lost"));
  }

  private static Transition notReady(Replica replica, String reason, Instant now) {
    if (replica.firstReadyAt() == null) {
      return silently(replica.withStatus(ReplicaStatus.STARTING, reason, now));
    }
    Replica next = replica.withStatus(ReplicaStatus.NOT_READY, reason, now);
    return replica.status() == ReplicaStatus.NOT_READY
        ? silently(next)
        : told(next, EventType.REPLICA_NOT_READY, Severity.WARNING, "out of routing: " + reason);
  }

  private static Transition ending(Replica replica, AgentReport report, Instant now) {
    return switch (report.phase()) {
      case READY -> silently(replica);
      case PREPARING, SETTING_UP, STARTING, NOT_READY, STOPPING ->
          silently(replica.withRecallable(false));
      case STOPPED, FAILED, FAILED_INITIAL_DELAY, FAILED_PROBING ->
          silently(
              replica
                  .withCleanup(replica.cleanup().withStopped())
                  .withStatus(
                      ReplicaStatus.SHUTTING_DOWN,
                      report.reason().isBlank() ? replica.reason() : report.reason(),
                      now));
    };
  }

  private static String seconds(@Nullable Instant from, Instant to) {
    long millis = from == null ? 0 : Math.max(0, Duration.between(from, to).toMillis());
    return "%d.%03d s".formatted(millis / 1000, millis % 1000);
  }
}
