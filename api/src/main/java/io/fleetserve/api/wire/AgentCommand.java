package io.fleetserve.api.wire;

/// One order to an agent: an event of `GET /api/v1/agents/{service}/{replicaId}/commands` (SSE),
/// event name `configure`, `stop` or `heartbeat` (no data worth reading, every five seconds).
/// Repeats are harmless.
public sealed interface AgentCommand {
  /// Event `configure`: the version and probe rule to use from now on, without a restart.
  record Configure(int version, AgentBoot.ProbeRule probe, AgentBoot.RestartRule restart)
      implements AgentCommand {}

  /// Event `stop`: SIGTERM, grace, SIGTERM, grace, SIGKILL; report STOPPED; exit.
  record Stop(long graceMillis) implements AgentCommand {}
}
