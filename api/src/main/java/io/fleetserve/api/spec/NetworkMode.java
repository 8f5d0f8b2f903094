package io.fleetserve.api.spec;

/// How load balancers reach a replica: `service.network`.
public enum NetworkMode {
  /// At its address where that answers, else through the tunnel of its agent.
  AUTO,
  /// At its address only.
  DIRECT,
  /// Through the tunnel of its agent only.
  TUNNEL
}
