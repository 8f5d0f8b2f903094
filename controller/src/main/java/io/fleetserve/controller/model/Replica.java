package io.fleetserve.controller.model;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.provider.InstanceRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One replica as the store holds it. Changed by `ReplicaMachine` alone.
///
/// @param version of the service whose task it runs; an in-place update changes it
/// @param reason why the status is what it is; one line for people
/// @param statusSince when the status was entered
/// @param attemptId of the provider call; null before a provider was asked
/// @param instance null before the provider accepted
/// @param outcomeUnknown the provider was asked and its answer was lost: look by attempt id
/// @param versionFault the failure is the service file's (setup, run, probe, a request the provider
///   calls invalid), not the machine's
/// @param tokenHash SHA-256 of the agent's token, hexadecimal
/// @param launchedAt when a provider was asked last; before that, when the row was made
/// @param firstReadyAt null before the replica was ready
/// @param inspectedAt when the provider was last asked about it; null before
public record Replica(
    ReplicaKey key,
    int version,
    ReplicaStatus status,
    String reason,
    Instant statusSince,
    Machine machine,
    AgentFacts agent,
    Cleanup cleanup,
    @Nullable String attemptId,
    @Nullable InstanceRef instance,
    boolean outcomeUnknown,
    boolean versionFault,
    String tokenHash,
    Instant launchedAt,
    @Nullable Instant firstReadyAt,
    @Nullable Instant inspectedAt) {

  /// A replica that is wanted and not asked for yet.
  public static Replica pending(
      ReplicaKey key, int version, String tokenHash, String reason, Instant now) {
    return new Replica(
        key,
        version,
        ReplicaStatus.PENDING,
        reason,
        now,
        Machine.NONE,
        AgentFacts.NONE,
        Cleanup.NONE,
        null,
        null,
        false,
        false,
        tokenHash,
        now,
        null,
        null);
  }

  public int id() {
    return key.replicaId();
  }

  public boolean isReady() {
    return status == ReplicaStatus.READY;
  }

  /// True while the row may hold a machine, a process or a port.
  public boolean holdsMachine() {
    return !cleanup.released();
  }

  /// True while a create call may still answer.
  public boolean createOutstanding() {
    return attemptId != null && instance == null && !outcomeUnknown && holdsMachine();
  }

  /// The same replica in another status since `now`; the same status keeps its time.
  public Replica withStatus(ReplicaStatus next, String why, Instant now) {
    return new Replica(
        key,
        version,
        next,
        why,
        next == status ? statusSince : now,
        machine,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withVersion(int next) {
    return new Replica(
        key,
        next,
        status,
        reason,
        statusSince,
        machine,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withAttempt(String attempt, Machine where) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        where,
        agent,
        cleanup,
        attempt,
        null,
        false,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withMachine(Machine where) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        where,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withInstance(@Nullable InstanceRef ref, boolean unknown) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        agent,
        cleanup,
        attemptId,
        ref,
        unknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withAgent(AgentFacts facts) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        facts,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withCleanup(Cleanup next) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        agent,
        next,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withVersionFault() {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        true,
        tokenHash,
        launchedAt,
        firstReadyAt,
        inspectedAt);
  }

  /// Keeps the first time only.
  public Replica withFirstReadyAt(Instant at) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt == null ? at : firstReadyAt,
        inspectedAt);
  }

  public Replica withLaunchedAt(Instant at) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        at,
        firstReadyAt,
        inspectedAt);
  }

  public Replica withInspectedAt(Instant at) {
    return new Replica(
        key,
        version,
        status,
        reason,
        statusSince,
        machine,
        agent,
        cleanup,
        attemptId,
        instance,
        outcomeUnknown,
        versionFault,
        tokenHash,
        launchedAt,
        firstReadyAt,
        at);
  }
}
