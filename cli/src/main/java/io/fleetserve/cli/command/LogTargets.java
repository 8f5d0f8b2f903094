package io.fleetserve.cli.command;

import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.cli.client.CommandFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which replicas' logs are meant.
final class LogTargets {
  private LogTargets() {}

  /// Those with the given ids; without ids all that live, and if none does the one that was
  /// launched last. Each id once, its newest replica.
  ///
  /// @throws CommandFailure that names the ids there are
  static List<ReplicaView> choose(ServiceView service, List<Integer> ids) {
    List<ReplicaView> newest =
        service.replicas().stream()
            .sorted(
                Comparator.comparingInt(ReplicaView::replicaId)
                    .thenComparing(Comparator.comparingInt(ReplicaView::generation).reversed()))
            .toList();
    List<ReplicaView> chosen = new ArrayList<>();
    for (int id : ids) {
      chosen.add(
          newest.stream()
              .filter(replica -> replica.replicaId() == id)
              .findFirst()
              .orElseThrow(() -> unknown(service, id)));
    }
    if (!ids.isEmpty()) {
      return chosen;
    }
    List<ReplicaView> living =
        newest.stream().filter(replica -> !replica.status().isFailed()).toList();
    if (!living.isEmpty()) {
      return living;
    }
    return newest.stream()
        .max(Comparator.comparingLong(ReplicaView::launchedAtMillis))
        .map(List::of)
        .orElseThrow(
            () -> CommandFailure.failed(service.name() + " has no replica: " + service.status()));
  }

  private static CommandFailure unknown(ServiceView service, int id) {
    List<String> there =
        service.replicas().stream()
            .map(replica -> Integer.toString(replica.replicaId()))
            .distinct()
            .toList();
    return CommandFailure.failed(
        "%s has no replica %d (there are: %s)"
            .formatted(service.name(), id, there.isEmpty() ? "none" : String.join(", ", there)));
  }
}
