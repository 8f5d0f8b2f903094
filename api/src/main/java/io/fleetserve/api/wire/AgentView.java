package io.fleetserve.api.wire;

/// The agent of a replica on another machine, `GET /api/v1/agents`.
///
/// @param infra where it runs
/// @param state `invited` before it has joined with its token, then `joined`, `revoked` in the end
/// @param serial of its certificate, hexadecimal; empty before it joined
public record AgentView(
    String service, int replicaId, int generation, String infra, State state, String serial) {
  /// What its certificate is worth.
  public enum State {
    INVITED,
    JOINED,
    REVOKED
  }
}
