package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
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
/// @param leaving live replicas of any version that their provider takes back; in none of the above
/// @param target ready replicas wanted
/// @param spread how those of one version should be spread
/// @param portRoom how many more may be launched before a fixed port is used twice
/// @param sharesFixedPort old and new replicas need the same port of the same machine
/// @param victims order of removal
record Fleet(
    ServiceVersion desired,
    List<Replica> current,
    List<Replica> relabelled,
    List<Replica> old,
    List<Replica> leaving,
    int target,
    Spread spread,
    int portRoom,
    boolean sharesFixedPort,
    Victims victims) {

  static Fleet of(PlanDraft draft, ServiceVersion desired) {
    List<Replica> current = new ArrayList<>();
    List<Replica> relabelled = new ArrayList<>();
    List<Replica> old = new ArrayList<>();
    List<Replica> leaving = new ArrayList<>();
    for (Replica replica : draft.state.replicas()) {
      if (!replica.status().isAlive()) {
        continue;
      }
      if (replica.machine().leaving()) {
        leaving.add(replica);
      } else if (replica.version() == desired.number()) {
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
    Victims victims = new Victims(draft.state, desired.spec());
    MixTarget mix = draft.state.mix();
    return new Fleet(
        desired,
        List.copyOf(current),
        List.copyOf(relabelled),
        List.copyOf(old),
        List.copyOf(leaving),
        mix == null ? draft.state.target() : mix.wanted(),
        mix == null
            ? new Spread.Anywhere(draft.state.target(), Wish.of(desired.spec()), victims)
            : new MixedSpread(mix, victims),
        exclusive ? (int) Math.max(0, 1 - holders) : Integer.MAX_VALUE,
        exclusive
            && old.stream()
                .anyMatch(replica -> Objects.equals(portOf(draft.versions(), replica), port)),
        victims);
  }

  /// Replicas above the spread's total during the rollout; in a mix at least one, to move it.
  int maxSurge() {
    if (sharesFixedPort) {
      return 0;
    }
    int least = spread instanceof MixedSpread ? 1 : 0;
    return Math.max(least, blueGreen() ? Math.max(1, target) : rollout().maxSurge());
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

  /// When launches may go on. Refused spot launches are the mix policy's to judge; and what
  /// providers refuse on demand holds up no spot launch.
  ///
  /// @param spot of spot launches
  LaunchBackoff backoff(PlanDraft draft, boolean spot) {
    List<Replica> asLabelled =
        judged(draft.state.replicas(), spot).stream()
            .map(replica ->
                relabelled.contains(replica) ? replica.withVersion(desired.number()) : replica)
            .toList();
    return LaunchBackoff.of(asLabelled, desired.number(), draft.now);
  }

  /// The rows whose failures count against the next launch.
  static List<Replica> judged(List<Replica> replicas, boolean spot) {
    return replicas.stream()
        .filter(replica ->
            replica.status() != ReplicaStatus.FAILED_PROVISION
                || !(spot || replica.machine().spot()))
        .toList();
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
