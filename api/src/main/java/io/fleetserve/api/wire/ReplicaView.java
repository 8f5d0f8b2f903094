package io.fleetserve.api.wire;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.status.ReplicaStatus;
import org.jspecify.annotations.Nullable;

/// A replica as `serve status` shows it.
///
/// @param endpoint `host:port`; empty before it is known
/// @param infra where, as in the service file: `local`, `aws/us-east-1/us-east-1a`; empty before
///   placement
/// @param hourlyPrice dollars
/// @param spot the provider may take the machine back
/// @param readyAfterMillis time from launch to first READY; 0 before
/// @param reason why the status is what it is
/// @param way by which load balancers reach it, DIRECT or TUNNEL; TUNNEL when they differ; null
///   before the first connection
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
    double hourlyPrice,
    boolean spot,
    long launchedAtMillis,
    long readyAfterMillis,
    int inFlight,
    @Nullable NetworkMode way,
    int restarts,
    long agentPid,
    long serverPid) {}
