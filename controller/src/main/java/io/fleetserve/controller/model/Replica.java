package io.fleetserve.controller.model;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.provider.InstanceRef;
import java.time.Instant;
import java.util.function.Consumer;
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
/// @param queuedAt when it was last seen to wait for its machine at the provider; null before
/// @param recallable it serves, and drains for no reason but that it was one too many: it may be
///   called back until it is told to stop
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
    @Nullable Instant inspectedAt,
    @Nullable Instant queuedAt,
    boolean recallable) {

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
        null,
        null,
        false);
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
    return with(draft -> {
      draft.status = next;
      draft.reason = why;
      draft.statusSince = next == status ? statusSince : now;
    });
  }

  public Replica withVersion(int next) {
    return with(draft -> draft.version = next);
  }

  public Replica withAttempt(String attempt, Machine where) {
    return with(draft -> {
      draft.machine = where;
      draft.attemptId = attempt;
      draft.instance = null;
      draft.outcomeUnknown = false;
    });
  }

  public Replica withMachine(Machine where) {
    return with(draft -> draft.machine = where);
  }

  public Replica withInstance(@Nullable InstanceRef ref, boolean unknown) {
    return with(draft -> {
      draft.instance = ref;
      draft.outcomeUnknown = unknown;
    });
  }

  public Replica withAgent(AgentFacts facts) {
    return with(draft -> draft.agent = facts);
  }

  public Replica withCleanup(Cleanup next) {
    return with(draft -> draft.cleanup = next);
  }

  public Replica withVersionFault() {
    return with(draft -> draft.versionFault = true);
  }

  /// Keeps the first time only.
  public Replica withFirstReadyAt(Instant at) {
    return with(draft -> draft.firstReadyAt = firstReadyAt == null ? at : firstReadyAt);
  }

  public Replica withLaunchedAt(Instant at) {
    return with(draft -> draft.launchedAt = at);
  }

  /// Seen to wait for its machine, for a reason.
  public Replica withQueuedAt(Instant now, String why) {
    return with(draft -> {
      draft.queuedAt = now;
      draft.reason = why;
    });
  }

  public Replica withRecallable(boolean may) {
    return with(draft -> draft.recallable = may);
  }

  /// From when on its agent is to report: before that it waited.
  public Instant startedAt() {
    return queuedAt == null || queuedAt.isBefore(launchedAt) ? launchedAt : queuedAt;
  }

  public Replica withInspectedAt(Instant at) {
    return with(draft -> draft.inspectedAt = at);
  }

  private Replica with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /// The fields of a replica, some of which are about to differ. Confined to one call.
  private static final class Draft {
    private ReplicaKey key;
    private int version;
    private ReplicaStatus status;
    private String reason;
    private Instant statusSince;
    private Machine machine;
    private AgentFacts agent;
    private Cleanup cleanup;
    private @Nullable String attemptId;
    private @Nullable InstanceRef instance;
    private boolean outcomeUnknown;
    private boolean versionFault;
    private String tokenHash;
    private Instant launchedAt;
    private @Nullable Instant firstReadyAt;
    private @Nullable Instant inspectedAt;
    private @Nullable Instant queuedAt;
    private boolean recallable;

    Draft(Replica from) {
      key = from.key;
      version = from.version;
      status = from.status;
      reason = from.reason;
      statusSince = from.statusSince;
      machine = from.machine;
      agent = from.agent;
      cleanup = from.cleanup;
      attemptId = from.attemptId;
      instance = from.instance;
      outcomeUnknown = from.outcomeUnknown;
      versionFault = from.versionFault;
      tokenHash = from.tokenHash;
      launchedAt = from.launchedAt;
      firstReadyAt = from.firstReadyAt;
      inspectedAt = from.inspectedAt;
      queuedAt = from.queuedAt;
      recallable = from.recallable;
    }

    Replica done() {
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
          inspectedAt,
          queuedAt,
          recallable);
    }
  }
}
