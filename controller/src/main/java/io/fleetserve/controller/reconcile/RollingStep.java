package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.rollout.LaunchBackoff;
import io.fleetserve.controller.rollout.Versions;
import java.util.List;

/// Brings the live replicas to the target number and the desired version, step by step; with no old
/// replica left it is the plain scale up and down.
///
/// One step: replicas of failed versions leave at once; old ones leave as far as enough ready ones
/// stay; too many of the desired version leave; what room is left is launched into. An old replica
/// that is not ready leaves when its room is needed or the new ones carry the load.
final class RollingStep {
  private RollingStep() {}

  static void plan(PlanDraft draft, Fleet fleet) {
    boolean mayLaunch = fleet.backoff(draft, false).allows(draft.now);
    drainFailedVersions(draft, fleet);
    drainOld(draft, fleet, mayLaunch);
    drainSurplus(draft, fleet);
    launch(draft, fleet);
    if (old(draft, fleet).isEmpty() && fleet.confirmed() >= fleet.target()) {
      VersionStep.activate(
          draft,
          fleet.desired(),
          fleet.target() == 0
              ? "0 replicas are wanted"
              : fleet.confirmed() + " of " + fleet.target() + " replicas are ready");
    }
  }

  private static void drainFailedVersions(PlanDraft draft, Fleet fleet) {
    for (Replica replica : fleet.old()) {
      boolean failed =
          Versions.numbered(draft.versions(), replica.version())
              .map(ServiceVersion::status)
              .filter(VersionStatus.FAILED::equals)
              .isPresent();
      if (failed) {
        draft.drain(replica, "version " + replica.version() + " failed");
      }
    }
  }

  private static void drainOld(PlanDraft draft, Fleet fleet, boolean mayLaunch) {
    List<Replica> old = old(draft, fleet);
    int target = fleet.target();
    int readyNew = fleet.readyCurrent();
    int readyOld = Fleet.ready(old);
    int floor = mayLaunch ? Math.max(0, target - fleet.maxUnavailable()) : target;
    int spare = Math.min(readyOld, Math.max(0, readyNew + readyOld - floor));
    String counts =
        " (%d of version %d and %d others ready, at least %d stay)"
            .formatted(readyNew, fleet.desired().number(), readyOld, floor);
    fleet.victims().ordered(old.stream().filter(Replica::isReady).toList()).stream()
        .limit(spare)
        .forEach(replica ->
            draft.drain(replica, "replaced by version " + fleet.desired().number() + counts));

    int total = fleet.spread().total();
    int missing = mayLaunch ? Math.max(0, total - fleet.current().size()) : 0;
    int room = total + fleet.maxSurge() - fleet.current().size() - old(draft, fleet).size();
    int inTheWay = readyNew >= target ? Integer.MAX_VALUE : Math.max(0, missing - room);
    fleet.victims().ordered(Fleet.unready(old(draft, fleet))).stream()
        .limit(inTheWay)
        .forEach(replica ->
            draft.drain(
                replica, "not ready, replaced by version " + fleet.desired().number() + counts));
  }

  private static void drainSurplus(PlanDraft draft, Fleet fleet) {
    int spareReady = fleet.readyCurrent() + Fleet.ready(old(draft, fleet)) - fleet.target();
    String counts = fleet.spread().reason(fleet.desired().number(), fleet.current().size());
    fleet
        .spread()
        .surplus(fleet.current(), spareReady)
        .forEach(replica -> draft.drainSurplus(replica, counts));
    int limit = fleet.spread().total() + fleet.maxSurge();
    int over = current(draft, fleet).size() + old(draft, fleet).size() - limit;
    fleet.victims().ordered(Fleet.unready(old(draft, fleet))).stream()
        .limit(Math.max(0, over))
        .forEach(replica -> draft.drain(replica, "more than wanted + surge = " + limit));
    over = current(draft, fleet).size() + old(draft, fleet).size() - limit;
    fleet.victims().ordered(Fleet.unready(current(draft, fleet))).stream()
        .limit(Math.max(0, over))
        .forEach(replica -> draft.drain(replica, "more than wanted + surge = " + limit));
  }

  private static void launch(PlanDraft draft, Fleet fleet) {
    List<Replica> current = current(draft, fleet);
    int old = old(draft, fleet).size();
    int room =
        Math.min(
            fleet.spread().total() + fleet.maxSurge() - current.size() - old, fleet.portRoom());
    for (Wish wish : fleet.spread().missing(draft, current)) {
      if (room <= 0) {
        return;
      }
      LaunchBackoff backoff = fleet.backoff(draft, wish.spot());
      if (!backoff.allows(draft.now)) {
        backoff.notBeforeIfAny().ifPresent(draft::wake);
        continue;
      }
      room--;
      draft.launch(
          fleet.desired(),
          wish,
          fleet.spread().reason(fleet.desired().number(), current.size())
              + (old > 0 ? " and " + old + " others" : "")
              + (backoff.streak() > 0 ? ", after " + backoff.streak() + " failures in a row" : ""));
    }
  }

  private static List<Replica> old(PlanDraft draft, Fleet fleet) {
    return fleet.old().stream().filter(draft::stays).toList();
  }

  private static List<Replica> current(PlanDraft draft, Fleet fleet) {
    return fleet.current().stream().filter(draft::stays).toList();
  }
}
