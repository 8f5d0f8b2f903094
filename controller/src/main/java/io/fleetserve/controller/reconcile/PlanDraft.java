package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A plan in the making: the actions so far, and the versions as they will be after them. Confined
/// to one call of [ServicePlanner#plan].
final class PlanDraft {
  final ServiceState state;
  final Instant now;
  private final List<Action> actions = new ArrayList<>();
  private final Set<ReplicaKey> leaving = new HashSet<>();
  private List<ServiceVersion> versions;
  private int nextReplicaId;
  private @Nullable Instant wakeAt;

  PlanDraft(ServiceState state, Instant now) {
    this.state = state;
    this.now = now;
    this.versions = state.versions();
    this.nextReplicaId =
        Math.max(
            state.service().nextReplicaId(),
            state.replicas().stream().mapToInt(Replica::id).max().orElse(0) + 1);
  }

  List<ServiceVersion> versions() {
    return versions;
  }

  /// Plan again at `at` at the latest.
  void wake(Instant at) {
    if (wakeAt == null || at.isBefore(wakeAt)) {
      wakeAt = at;
    }
  }

  void add(Action action) {
    actions.add(action);
  }

  void launch(ServiceVersion version, Wish wish, String reason) {
    actions.add(new Action.Launch(nextReplicaId++, 1, version.number(), wish, reason));
  }

  void drain(Replica replica, String reason) {
    if (leaving.add(replica.key())) {
      actions.add(new Action.Drain(replica.key(), reason));
    }
  }

  boolean stays(Replica replica) {
    return !leaving.contains(replica.key());
  }

  void versionStatus(ServiceVersion version, VersionStatus status, String reason) {
    actions.add(new Action.SetVersionStatus(version.number(), status, reason));
    replace(version.number(), version.withStatus(status, reason));
  }

  void versionReady(ServiceVersion version, String reason) {
    actions.add(new Action.MarkVersionReady(version.number(), reason));
    replace(version.number(), version.withEverReady());
  }

  ServicePlan done() {
    return new ServicePlan(actions, wakeAt);
  }

  private void replace(int number, ServiceVersion next) {
    versions =
        versions.stream().map(version -> version.number() == number ? next : version).toList();
  }
}
