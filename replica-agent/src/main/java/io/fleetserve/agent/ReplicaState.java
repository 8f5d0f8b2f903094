package io.fleetserve.agent;

import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import io.fleetserve.api.wire.AgentBoot.RestartRule;
import io.fleetserve.api.wire.AgentReport.Phase;
import org.jspecify.annotations.Nullable;

/// Everything [ReplicaMachine] remembers. Times are milliseconds of one monotonic clock.
///
/// @param stage what is going on; finer than `phase`, which the controller sees
/// @param reason why this phase, for people
/// @param spawn number of the last spawn of `run`; 0 before the first
/// @param serverPid 0 when `run` does not run
/// @param exitCode of the last exit; null when there was none
/// @param restarts of `run` so far
/// @param restartsInRow restarts since it was last ready
/// @param wasReady whether any probe ever passed
/// @param fresh whether the process that runs now was never ready
/// @param spawnedAt of the process that runs now
/// @param answeredAt when the process that runs now first answered a probe; [#NEVER] before
/// @param failingSince first of the failed probes in a row; [#NEVER] when the last one passed
/// @param probing whether a probe is under way
/// @param lastProbe one line; null before the first
/// @param graceMillis between SIGTERM, the second SIGTERM and SIGKILL
/// @param signalledAt when the last signal of an end was sent
/// @param leaving whether the agent leaves when nothing of the replica lives any more
/// @param dueAt when `Due` is wanted; [#NEVER] for not at all
record ReplicaState(
    Stage stage,
    Phase phase,
    String reason,
    int version,
    ProbeRule probe,
    RestartRule restart,
    boolean hasSetup,
    int spawn,
    long serverPid,
    @Nullable Integer exitCode,
    int restarts,
    int restartsInRow,
    boolean wasReady,
    boolean fresh,
    long spawnedAt,
    long answeredAt,
    long failingSince,
    boolean probing,
    @Nullable String lastProbe,
    long graceMillis,
    long signalledAt,
    boolean leaving,
    long dueAt) {

  static final long NEVER = Long.MAX_VALUE;

  enum Stage {
    PREPARING,
    SETTING_UP,
    RUNNING,
    /// Waits before the next restart.
    BACKING_OFF,
    /// SIGTERM was sent.
    TERMINATING,
    /// SIGTERM was sent twice.
    TERMINATING_AGAIN,
    /// SIGKILL was sent.
    KILLING,
    /// Nothing runs any more.
    OVER
  }

  /// Whether everything of the replica is being ended, or is.
  boolean ending() {
    return switch (stage) {
      case PREPARING, SETTING_UP, RUNNING, BACKING_OFF -> false;
      case TERMINATING, TERMINATING_AGAIN, KILLING, OVER -> true;
    };
  }

  Copy copy() {
    return new Copy(this);
  }

  /// The next state in the making. Confined to one step of the machine.
  static final class Copy {
    Stage stage;
    Phase phase;
    String reason;
    int version;
    ProbeRule probe;
    RestartRule restart;
    private final boolean hasSetup;
    int spawn;
    long serverPid;
    @Nullable Integer exitCode;
    int restarts;
    int restartsInRow;
    boolean wasReady;
    boolean fresh;
    long spawnedAt;
    long answeredAt;
    long failingSince;
    boolean probing;
    @Nullable String lastProbe;
    long graceMillis;
    long signalledAt;
    boolean leaving;
    long dueAt;

    private Copy(ReplicaState from) {
      stage = from.stage;
      phase = from.phase;
      reason = from.reason;
      version = from.version;
      probe = from.probe;
      restart = from.restart;
      hasSetup = from.hasSetup;
      spawn = from.spawn;
      serverPid = from.serverPid;
      exitCode = from.exitCode;
      restarts = from.restarts;
      restartsInRow = from.restartsInRow;
      wasReady = from.wasReady;
      fresh = from.fresh;
      spawnedAt = from.spawnedAt;
      answeredAt = from.answeredAt;
      failingSince = from.failingSince;
      probing = from.probing;
      lastProbe = from.lastProbe;
      graceMillis = from.graceMillis;
      signalledAt = from.signalledAt;
      leaving = from.leaving;
      dueAt = from.dueAt;
    }

    ReplicaState done() {
      return new ReplicaState(
          stage,
          phase,
          reason,
          version,
          probe,
          restart,
          hasSetup,
          spawn,
          serverPid,
          exitCode,
          restarts,
          restartsInRow,
          wasReady,
          fresh,
          spawnedAt,
          answeredAt,
          failingSince,
          probing,
          lastProbe,
          graceMillis,
          signalledAt,
          leaving,
          dueAt);
    }
  }
}
