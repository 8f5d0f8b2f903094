package io.fleetserve.api.wire;

import java.util.List;

/// One order to an agent: an event of `GET /api/v1/agents/{service}/{replicaId}/commands` (SSE),
/// event name `configure`, `stop` or `heartbeat` (no data worth reading, every five seconds).
/// Repeats are harmless.
public sealed interface AgentCommand {
  /// Event `configure`: the version and probe rule to use from now on, without a restart.
  ///
  /// @param tunnels load balancers to dial, as `host:port`; a missing list is an empty one
  record Configure(
      int version, AgentBoot.ProbeRule probe, AgentBoot.RestartRule restart, List<String> tunnels)
      implements AgentCommand {
    @SuppressWarnings("ConstantValue") // what comes from outside may lack it
    public Configure {
      tunnels = tunnels == null ? List.of() : List.copyOf(tunnels);
    }

    /// Without tunnels.
    public Configure(int version, AgentBoot.ProbeRule probe, AgentBoot.RestartRule restart) {
      this(version, probe, restart, List.of());
    }
  }

  /// Event `stop`: SIGTERM, grace, SIGTERM, grace, SIGKILL; report STOPPED; exit.
  record Stop(long graceMillis) implements AgentCommand {}
}
