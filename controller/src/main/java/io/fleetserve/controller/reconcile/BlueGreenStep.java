package io.fleetserve.controller.reconcile;

import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.rollout.LaunchBackoff;
import java.util.List;
import java.util.function.Function;

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
    launch(draft, fleet, serving, old, spot -> backoff(draft, serving, spot));
    launch(draft, fleet, fleet.desired(), fleet.current(), spot -> fleet.backoff(draft, spot));
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

  private static LaunchBackoff backoff(PlanDraft draft, ServiceVersion version, boolean spot) {
    return LaunchBackoff.of(
        Fleet.judged(draft.state.replicas(), spot), version.number(), draft.now);
  }

  private static void drainSurplus(
      PlanDraft draft, Fleet fleet, int version, List<Replica> replicas) {
    fleet
        .spread()
        .surplus(replicas, Fleet.ready(replicas) - fleet.target())
        .forEach(replica -> draft.drain(replica, fleet.spread().reason(version, replicas.size())));
  }

  private static void launch(
      PlanDraft draft,
      Fleet fleet,
      ServiceVersion version,
      List<Replica> there,
      Function<Boolean, LaunchBackoff> backoffs) {
    for (Wish wish : fleet.spread().missing(draft, there)) {
      LaunchBackoff backoff = backoffs.apply(wish.spot());
      if (backoff.allows(draft.now)) {
        draft.launch(version, wish, fleet.spread().reason(version.number(), there.size()));
      } else {
        backoff.notBeforeIfAny().ifPresent(draft::wake);
      }
    }
  }
}
