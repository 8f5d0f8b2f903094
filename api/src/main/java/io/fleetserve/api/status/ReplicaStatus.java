package io.fleetserve.api.status;

/// State of one replica, in SkyServe's names.
///
/// ```
/// PENDING -> PROVISIONING -> STARTING -> READY <-> NOT_READY
///                 |             |          |           |
///                 |             |          v           v
///                 |             |       DRAINING -> SHUTTING_DOWN -> (gone)
///                 v             v                        |
///   FAILED_PROVISION   FAILED, FAILED_INITIAL_DELAY,     +-> FAILED_CLEANUP (retried until gone)
///                      FAILED_PROBING, PREEMPTED, UNKNOWN
/// ```
///
/// Failure states keep the record, with its reason, until the history limit removes it; they hold
/// no machine (FAILED_CLEANUP and UNKNOWN may, and are retried).
public enum ReplicaStatus {
  /// Wanted; no provider was asked yet.
  PENDING(Phase.STARTING),
  /// A provider was asked; no agent has reported yet.
  PROVISIONING(Phase.STARTING),
  /// The agent is up: setup or the server's start is going on; never ready so far.
  STARTING(Phase.STARTING),
  /// The last readiness probe passed; traffic may go there.
  READY(Phase.SERVING),
  /// Was ready; the last probe failed. No new traffic.
  NOT_READY(Phase.SERVING),
  /// Out of routing; requests in flight end.
  DRAINING(Phase.ENDING),
  /// The server and its machine are being ended.
  SHUTTING_DOWN(Phase.ENDING),
  /// `setup` or `run` exited and the restart policy is exhausted.
  FAILED(Phase.FAILED),
  /// Not ready within `initial_delay_seconds`.
  FAILED_INITIAL_DELAY(Phase.FAILED),
  /// Once ready, then failing longer than `consecutive_failure_threshold_timeout`.
  FAILED_PROBING(Phase.FAILED),
  /// No provider could make the machine.
  FAILED_PROVISION(Phase.FAILED),
  /// Ending failed; something may be left. Retried.
  FAILED_CLEANUP(Phase.FAILED),
  /// The provider took the machine back.
  PREEMPTED(Phase.FAILED),
  /// The provider's answer makes no sense; looked at again.
  UNKNOWN(Phase.FAILED);

  private enum Phase {
    STARTING,
    SERVING,
    ENDING,
    FAILED
  }

  private final Phase phase;

  ReplicaStatus(Phase phase) {
    this.phase = phase;
  }

  /// On its way to READY for the first time.
  public boolean isStarting() {
    return phase == Phase.STARTING;
  }

  /// Counts towards the wanted number of replicas: starting, ready or not ready.
  public boolean isAlive() {
    return phase == Phase.STARTING || phase == Phase.SERVING;
  }

  /// On its way out.
  public boolean isEnding() {
    return phase == Phase.ENDING;
  }

  /// Over, with a reason.
  public boolean isFailed() {
    return phase == Phase.FAILED;
  }
}
