package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.unit.Checks.check;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.Service;
import io.fleetserve.controller.model.ServiceVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All that is known of one service at one moment.
///
/// @param versions every version kept, any order; sorted by number here
/// @param replicas every row, any order; sorted by id and generation here
/// @param inFlight requests at each replica over all load balancers; absent means 0
/// @param drained draining replicas that every load balancer has taken out of routing (it
///   acknowledged that generation) and that have no request in flight
/// @param sharedHost replicas share one machine's ports: a fixed port can be used once
/// @param failedHistory rows of failed replicas kept for people, >= 0
/// @param mix how many replicas go where; null means that all are of one kind
public record ServiceState(
    Service service,
    List<ServiceVersion> versions,
    List<Replica> replicas,
    Map<ReplicaKey, Integer> inFlight,
    Set<ReplicaKey> drained,
    boolean sharedHost,
    int failedHistory,
    @Nullable MixTarget mix) {
  public ServiceState {
    versions = versions.stream().sorted(Comparator.comparingInt(ServiceVersion::number)).toList();
    replicas =
        replicas.stream()
            .sorted(
                Comparator.comparingInt(Replica::id)
                    .thenComparingInt(replica -> replica.key().generation()))
            .toList();
    inFlight = Map.copyOf(inFlight);
    drained = Set.copyOf(drained);
    check(failedHistory >= 0, "failedHistory", failedHistory, ">= 0");
  }

  ServiceState withReplicas(List<Replica> others) {
    return new ServiceState(
        service, versions, others, inFlight, drained, sharedHost, failedHistory, mix);
  }

  /// Replicas wanted now, the extra ones included.
  public int target() {
    return service.target();
  }

  public int inFlight(Replica replica) {
    return inFlight.getOrDefault(replica.key(), 0);
  }
}
