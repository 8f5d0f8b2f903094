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
    if (fleet.confirmed() >= target) {
      String counts =
          "%d of %d replicas of version %d are ready"
              .formatted(fleet.confirmed(), target, fleet.desired().number());
      VersionStep.activate(draft, fleet.desired(), counts);
      fleet.old().forEach(replica -> draft.drain(replica, "traffic is switched: " + counts));
      return;
    }
    List<Replica> old =
        fleet.old().stream().filter(replica -> replica.version() == serving.number()).toList();
    adjust(draft, fleet, serving.number(), old);
    adjust(draft, fleet, fleet.desired().number(), fleet.current());
    if (Fleet.ready(old) >= target) {
      fleet.old().stream()
          .filter(replica -> replica.version() != serving.number())
          .forEach(replica ->
              draft.drain(
                  replica,
                  "neither version %d, which serves, nor version %d, which comes"
                      .formatted(serving.number(), fleet.desired().number())));
    }
  }

  private static void adjust(PlanDraft draft, Fleet fleet, int version, List<Replica> replicas) {
    int target = fleet.target();
    fleet.victims().ordered(replicas).stream()
        .limit(Math.max(0, replicas.size() - target))
        .forEach(replica ->
            draft.drain(
                replica,
                "%d replicas of version %d are wanted, there are %d"
                    .formatted(target, version, replicas.size())));
    int missing = target - replicas.size();
    if (missing <= 0) {
      return;
    }
    LaunchBackoff backoff = LaunchBackoff.of(draft.state.replicas(), version, draft.now);
    if (backoff.allows(draft.now)) {
      draft.launch(
          version,
          missing,
          "%d replicas of version %d are wanted, there are %d"
              .formatted(target, version, replicas.size()));
    } else {
      backoff.notBeforeIfAny().ifPresent(draft::wake);
    }
  }
}
