package io.fleetserve.controller.model;

import static io.fleetserve.api.unit.Checks.check;

import java.util.Comparator;

/// Identity of one start of one replica; an address is never part of it.
///
/// @param replicaId from 1, never used twice in a service
/// @param generation start count of this id, from 1
public record ReplicaKey(String service, int replicaId, int generation) {
  /// By service, then id, then generation.
  public static final Comparator<ReplicaKey> ORDER =
      Comparator.comparing(ReplicaKey::service)
          .thenComparingInt(ReplicaKey::replicaId)
          .thenComparingInt(ReplicaKey::generation);

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
