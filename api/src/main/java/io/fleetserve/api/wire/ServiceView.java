package io.fleetserve.api.wire;

import io.fleetserve.api.status.ServiceStatus;
import java.util.List;

/// A service as `serve status` shows it.
///
/// @param version newest version that serves, or the first while none does
/// @param targetVersion the version being rolled out; equals `version` when none is
/// @param reason why the status is what it is; empty when nothing needs saying
/// @param endpoint URL of the service's own port
/// @param hosts names on the shared port
/// @param sharedPort of the load balancer; 0 when off
/// @param readyReplicas replicas in READY
/// @param totalReplicas replicas that are not failed
/// @param wantedReplicas what the autoscaler wants now
/// @param readySinceMillis epoch milliseconds since when the service has been ready without a
///   break; 0 while it is not. Uptime is the time since
/// @param hourlyCost dollars per hour of the replicas there are
public record ServiceView(
    String name,
    int version,
    int targetVersion,
    ServiceStatus status,
    String reason,
    String endpoint,
    List<String> hosts,
    int sharedPort,
    int readyReplicas,
    int totalReplicas,
    int wantedReplicas,
    long createdAtMillis,
    long readySinceMillis,
    String autoscalingPolicy,
    String loadBalancingPolicy,
    String requestedResources,
    double hourlyCost,
    int held,
    int inFlight,
    List<ReplicaView> replicas) {
  public ServiceView {
    hosts = List.copyOf(hosts);
    replicas = List.copyOf(replicas);
  }
}
