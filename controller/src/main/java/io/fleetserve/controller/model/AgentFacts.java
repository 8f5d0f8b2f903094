package io.fleetserve.controller.model;

import io.fleetserve.api.wire.AgentReport;
import org.jspecify.annotations.Nullable;

/// What the newest report of a replica's agent said.
///
/// @param host where the server listens; null before a port is chosen
/// @param port 0 before a port is chosen
/// @param agentPid 0 before the first report
/// @param serverPid 0 when there is no server process
/// @param restarts of the server so far
/// @param sequence of the report; 0 means the agent has never reported
/// @param version whose settings the agent uses; 0 before the first report
/// @param lastProbe one line about the last probe; null before the first
public record AgentFacts(
    @Nullable String host,
    int port,
    long agentPid,
    long serverPid,
    int restarts,
    long sequence,
    int version,
    @Nullable String lastProbe) {
  /// Nothing was heard yet.
  public static final AgentFacts NONE = new AgentFacts(null, 0, 0, 0, 0, 0, 0, null);

  public static AgentFacts of(AgentReport report) {
    return new AgentFacts(
        report.host(),
        report.port(),
        report.agentPid(),
        report.serverPid(),
        report.restarts(),
        report.sequence(),
        report.version(),
        report.lastProbe());
  }

  /// True when the agent has reported at least once.
  public boolean known() {
    return sequence > 0;
  }
}
