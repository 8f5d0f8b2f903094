package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.replica.ReplicaMachine;
import io.fleetserve.controller.replica.ReplicaSignal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A plan in the making: the actions so far, and versions and replicas called back as they will be
/// after them. Confined to one call of [ServicePlanner#plan].
final class PlanDraft {
  ServiceState state;
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

  /// Drains one that is too many, which may be called back while it drains.
  void drainSurplus(Replica replica, String reason) {
    if (leaving.add(replica.key())) {
      actions.add(new Action.Drain(replica.key(), reason, true));
    }
  }

  /// Calls back one that drains: from here on it serves.
  void recall(Replica replica, String reason) {
    actions.add(new Action.Recall(replica.key(), reason));
    Replica back = ReplicaMachine.on(replica, new ReplicaSignal.Recalled(reason), now).next();
    state =
        state.withReplicas(
            state.replicas().stream()
                .map(each -> each.key().equals(back.key()) ? back : each)
                .toList());
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
