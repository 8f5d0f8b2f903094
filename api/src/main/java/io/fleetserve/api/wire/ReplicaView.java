package io.fleetserve.api.wire;

import io.fleetserve.api.status.ReplicaStatus;

/// A replica as `serve status` shows it.
///
/// @param endpoint `host:port`; empty before it is known
/// @param infra where, for example `local`
/// @param readyAfterMillis time from launch to first READY; 0 before
/// @param reason why the status is what it is
public record ReplicaView(
    String service,
    int replicaId,
    int generation,
    int version,
    ReplicaStatus status,
    String reason,
    String endpoint,
    String infra,
    String resources,
    long launchedAtMillis,
    long readyAfterMillis,
    int inFlight,
    int restarts,
    long agentPid,
    long serverPid) {}
