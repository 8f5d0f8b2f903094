package io.fleetserve.controller.run;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.stream.LoadReports;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Since which generation of the routes each draining replica has been out of them. Confined to the
/// service's loop.
final class DrainWatch {
  private final ServiceLedger ledger;
  private final LoadReports reports;
  private final Map<ReplicaKey, Long> drainedFrom = new HashMap<>();

  DrainWatch(ServiceLedger ledger, LoadReports reports) {
    this.ledger = ledger;
    this.reports = reports;
  }

  /// A route was published.
  void published(long generation) {
    // One that was called back counts anew when it drains again.
    drainedFrom.keySet().removeIf(key -> ledger.replica(key).filter(this::leaves).isEmpty());
    ledger.replicas().stream()
        .filter(replica -> replica.status() == ReplicaStatus.DRAINING)
        .map(Replica::key)
        .forEach(key -> drainedFrom.putIfAbsent(key, generation));
  }

  private boolean leaves(Replica replica) {
    return !replica.status().isAlive();
  }

  /// Replicas that every load balancer has taken out, without a request in flight.
  Set<ReplicaKey> drained(Instant now) {
    Set<ReplicaKey> found = new HashSet<>();
    drainedFrom.forEach((key, generation) -> {
      if (reports.drained(key, generation, now)) {
        found.add(key);
      }
    });
    return found;
  }
}
