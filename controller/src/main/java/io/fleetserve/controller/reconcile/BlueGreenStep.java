package io.fleetserve.controller.reconcile;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.rollout.LaunchBackoff;
import java.util.List;

/// Starts the desired version beside the serving one, keeps both at the target number, and switches
/// all traffic at once when the desired one is ready in full.
final class BlueGreenStep {
  private BlueGreenStep() {}

  static void plan(PlanDraft draft, Fleet fleet, ServiceVersion serving) {
    int target = fleet.target();
    int coming = fleet.desired().number();
    drainSurplus(draft, fleet, coming, fleet.current());
    if (fleet.confirmed() >= target) {
      String counts =
          target == 0
              ? "0 replicas are wanted"
              : "%d of %d replicas of version %d are ready"
                  .formatted(Math.min(fleet.confirmed(), target), target, coming);
      VersionStep.activate(draft, fleet.desired(), counts);
      fleet.old().forEach(replica -> draft.drain(replica, "traffic is switched: " + counts));
      return;
    }
    List<Replica> old =
        fleet.old().stream().filter(replica -> replica.version() == serving.number()).toList();
    drainSurplus(draft, fleet, serving.number(), old);
    launch(
        draft,
        fleet,
        serving,
        old.size(),
        LaunchBackoff.of(draft.state.replicas(), serving.number(), draft.now));
    launch(draft, fleet, fleet.desired(), fleet.current().size(), fleet.backoff(draft));
    if (Fleet.ready(old) >= target) {
      fleet.old().stream()
          .filter(replica -> replica.version() != serving.number())
          .forEach(replica ->
              draft.drain(
                  replica,
                  "neither version %d, which serves, nor version %d, which comes"
                      .formatted(serving.number(), coming)));
    }
  }

  private static void drainSurplus(
      PlanDraft draft, Fleet fleet, int version, List<Replica> replicas) {
    fleet.victims().ordered(replicas).stream()
        .limit(Math.max(0, replicas.size() - fleet.target()))
        .forEach(replica -> draft.drain(replica, counts(fleet, version, replicas.size())));
  }

  private static void launch(
      PlanDraft draft, Fleet fleet, ServiceVersion version, int there, LaunchBackoff backoff) {
    int missing = fleet.target() - there;
    if (missing <= 0) {
      return;
    }
    if (backoff.allows(draft.now)) {
      draft.launch(version, missing, counts(fleet, version.number(), there));
    } else {
      backoff.notBeforeIfAny().ifPresent(draft::wake);
    }
  }

  private static String counts(Fleet fleet, int version, int there) {
    return "%d replicas of version %d are wanted, there are %d"
        .formatted(fleet.target(), version, there);
  }
}
