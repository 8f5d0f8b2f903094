package io.fleetserve.api.wire;

import org.jspecify.annotations.Nullable;

/// State of one replica as its agent sees it: `POST /api/v1/agents/{service}/{replicaId}/reports`,
/// at every change and every five seconds. The controller keeps the one with the highest sequence
/// of the current generation.
///
/// @param sequence grows by one per report of this agent process
/// @param version whose probe and settings are in use
/// @param host where the server listens; null before a port is chosen
/// @param port 0 before a port is chosen
/// @param serverPid of the `run` process; 0 when there is none
/// @param exitCode of the last exit of `setup` or `run`; null when there was none. 128 + n for
///   signal n
/// @param restarts of `run` so far
/// @param reason one line for people: why this phase
/// @param lastProbe one line about the last probe, for example `503 Service Unavailable`; null
///   before the first
public record AgentReport(
    String service,
    int replicaId,
    int generation,
    long sequence,
    int version,
    Phase phase,
    @Nullable String host,
    int port,
    long agentPid,
    long serverPid,
    @Nullable Integer exitCode,
    int restarts,
    String reason,
    @Nullable String lastProbe) {

  /// Where the replica is in its life.
  public enum Phase {
    /// Copying `workdir` and `file_mounts`.
    PREPARING,
    /// `setup` runs.
    SETTING_UP,
    /// `run` was spawned; never ready yet.
    STARTING,
    /// The last probe passed.
    READY,
    /// Was ready; the last probe failed.
    NOT_READY,
    /// The server is being stopped on command.
    STOPPING,
    /// Nothing of the replica runs any more; the agent exits.
    STOPPED,
    /// `setup` or `run` ended and the restart policy is exhausted.
    FAILED,
    /// Not ready within the initial delay.
    FAILED_INITIAL_DELAY,
    /// Failing for longer than the failure window.
    FAILED_PROBING
  }
}
