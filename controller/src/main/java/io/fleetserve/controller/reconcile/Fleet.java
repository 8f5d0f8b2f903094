package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.rollout.LaunchBackoff;
import io.fleetserve.controller.rollout.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The live replicas of a service, sorted by what the desired version makes of them.
///
/// @param desired version to bring all to
/// @param current replicas of the desired version, those that are relabelled to it included
/// @param relabelled of `current`, those that still carry another version
/// @param old live replicas that must be replaced
/// @param target replicas wanted
/// @param portRoom how many more may be launched before a fixed port is used twice
/// @param sharesFixedPort old and new replicas need the same port of the same machine
/// @param victims order of removal
record Fleet(
    ServiceVersion desired,
    List<Replica> current,
    List<Replica> relabelled,
    List<Replica> old,
    int target,
    int portRoom,
    boolean sharesFixedPort,
    Victims victims) {

  static Fleet of(PlanDraft draft, ServiceVersion desired) {
    List<Replica> current = new ArrayList<>();
    List<Replica> relabelled = new ArrayList<>();
    List<Replica> old = new ArrayList<>();
    for (Replica replica : draft.state.replicas()) {
      if (!replica.status().isAlive()) {
        continue;
      }
      if (replica.version() == desired.number()) {
        current.add(replica);
      } else if (sameTask(draft.versions(), replica, desired)) {
        current.add(replica);
        relabelled.add(replica);
      } else {
        old.add(replica);
      }
    }
    Integer port = desired.spec().service().port();
    boolean exclusive = draft.state.sharedHost() && port != null;
    long holders =
        draft.state.replicas().stream()
            .filter(Replica::holdsMachine)
            .filter(replica -> Objects.equals(portOf(draft.versions(), replica), port))
            .count();
    return new Fleet(
        desired,
        List.copyOf(current),
        List.copyOf(relabelled),
        List.copyOf(old),
        draft.state.target(),
        exclusive ? (int) Math.max(0, 1 - holders) : Integer.MAX_VALUE,
        exclusive
            && old.stream()
                .anyMatch(replica -> Objects.equals(portOf(draft.versions(), replica), port)),
        new Victims(draft.state, desired.spec().service().replicaPolicy().targetQps()));
  }

  /// Replicas above the target during the rollout.
  int maxSurge() {
    if (sharesFixedPort) {
      return 0;
    }
    return blueGreen() ? Math.max(1, target) : rollout().maxSurge();
  }

  /// Ready replicas that may be missing during the rollout.
  int maxUnavailable() {
    if (sharesFixedPort) {
      return Math.max(1, rollout().maxUnavailable());
    }
    return blueGreen() ? 0 : rollout().maxUnavailable();
  }

  boolean switchPending() {
    return desired.status() != VersionStatus.ACTIVE;
  }

  int readyCurrent() {
    return ready(current);
  }

  /// Ready under the desired version's own settings.
  long confirmed() {
    return current.stream()
        .filter(replica -> replica.version() == desired.number())
        .filter(VersionStep::confirmed)
        .count();
  }

  LaunchBackoff backoff(PlanDraft draft) {
    List<Replica> asLabelled =
        draft.state.replicas().stream()
            .map(replica ->
                relabelled.contains(replica) ? replica.withVersion(desired.number()) : replica)
            .toList();
    return LaunchBackoff.of(asLabelled, desired.number(), draft.now);
  }

  static int ready(List<Replica> replicas) {
    return (int) replicas.stream().filter(Replica::isReady).count();
  }

  static List<Replica> unready(List<Replica> replicas) {
    return replicas.stream().filter(replica -> !replica.isReady()).toList();
  }

  private boolean blueGreen() {
    return desired.mode() == Rollout.Mode.BLUE_GREEN;
  }

  private Rollout rollout() {
    return desired.spec().service().rollout();
  }

  private static boolean sameTask(
      List<ServiceVersion> versions, Replica replica, ServiceVersion desired) {
    Optional<ServiceVersion> own = Versions.numbered(versions, replica.version());
    return own.isPresent() && Versions.inPlace(own.get(), desired);
  }

  private static @Nullable Integer portOf(List<ServiceVersion> versions, Replica replica) {
    return Versions.numbered(versions, replica.version())
        .map(version -> version.spec().service().port())
        .orElse(null);
  }
}
