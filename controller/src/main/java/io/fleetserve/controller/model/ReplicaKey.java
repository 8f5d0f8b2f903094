package io.fleetserve.controller.model;

import static io.fleetserve.api.unit.Checks.check;

/// Identity of one start of one replica; an address is never part of it.
///
/// @param replicaId from 1, never used twice in a service
/// @param generation start count of this id, from 1
public record ReplicaKey(String service, int replicaId, int generation) {
  public ReplicaKey {
    check(replicaId >= 1, "replicaId", replicaId, ">= 1");
    check(generation >= 1, "generation", generation, ">= 1");
  }

  /// `service/id.generation`, for messages.
  @Override
  public String toString() {
    return service + "/" + replicaId + "." + generation;
  }
}
