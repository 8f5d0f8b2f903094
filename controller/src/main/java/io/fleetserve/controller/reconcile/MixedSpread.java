package io.fleetserve.controller.reconcile;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.controller.placement.Zones;
import io.fleetserve.controller.spot.ZoneKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Spot replicas by zone, on-demand ones beside them: what a mix policy decided.
///
/// A move makes before it breaks: what a zone has too many goes only as far as enough ready
/// replicas stay, so a replica that serves waits for its successor. A zone that has just refused a
/// launch is left alone for [#PAUSE], and then asked for one replica first.
record MixedSpread(MixTarget mix, Victims victims) implements Spread {
  /// Between two launches into a zone of which the first was refused: SkyServe's tick.
  static final Duration PAUSE = Duration.ofSeconds(20);

  /// As long is a zone that has refused asked for one replica at a time.
  private static final Duration DOUBT = Duration.ofMinutes(10);

  @Override
  public int total() {
    return mix.total();
  }

  @Override
  public List<Replica> surplus(List<Replica> replicas, int spareReady) {
    Map<Optional<ZoneKey>, Integer> over = new HashMap<>();
    for (Replica replica : replicas) {
      if (replica.machine().placed()) {
        over.merge(group(replica), 1, Integer::sum);
      }
    }
    over.replaceAll((group, there) -> there - wanted(group));
    List<Replica> surplus = new ArrayList<>();
    int spare = spareReady;
    for (Replica replica : victims.ordered(replicas)) {
      if (over.getOrDefault(group(replica), 0) <= 0 || (replica.isReady() && spare <= 0)) {
        continue;
      }
      over.merge(group(replica), -1, Integer::sum);
      spare -= replica.isReady() ? 1 : 0;
      surplus.add(replica);
    }
    return surplus;
  }

  @Override
  public List<Wish> missing(PlanDraft draft, List<Replica> replicas) {
    Map<Optional<ZoneKey>, Integer> there = new HashMap<>();
    int unplaced = 0;
    for (Replica replica : replicas) {
      if (replica.machine().placed()) {
        there.merge(group(replica), 1, Integer::sum);
      } else {
        unplaced++;
      }
    }
    List<Wish> missing = new ArrayList<>();
    add(missing, Wish.ON_DEMAND, mix.onDemand() - there.getOrDefault(Optional.empty(), 0));
    for (Map.Entry<ZoneKey, Integer> zone : new TreeMap<>(mix.spot()).entrySet()) {
      int count = zone.getValue() - there.getOrDefault(Optional.of(zone.getKey()), 0);
      Instant paused = count > 0 ? pausedUntil(draft, zone.getKey()) : null;
      if (paused == null) {
        add(missing, Wish.spotIn(zone.getKey()), Math.min(count, most(draft, zone.getKey())));
      } else {
        draft.wake(paused);
      }
    }
    return missing.subList(0, Math.max(0, missing.size() - unplaced));
  }

  @Override
  public String reason(int version, int there) {
    return "%s of version %d are wanted, there are %d: %s"
        .formatted(mix.counts(), version, there, mix.reason());
  }

  private int wanted(Optional<ZoneKey> group) {
    return group.map(zone -> mix.spot().getOrDefault(zone, 0)).orElse(mix.onDemand());
  }

  private static void add(List<Wish> missing, Wish wish, int count) {
    for (int i = 0; i < count; i++) {
      missing.add(wish);
    }
  }

  private static @Nullable Instant pausedUntil(PlanDraft draft, ZoneKey zone) {
    return draft.state.replicas().stream()
        .filter(replica -> refusedIn(replica, zone))
        .map(replica -> replica.statusSince().plus(PAUSE))
        .filter(draft.now::isBefore)
        .max(Instant::compareTo)
        .orElse(null);
  }

  /// Launches that may be on their way into a zone now: one where the last was refused.
  private static int most(PlanDraft draft, ZoneKey zone) {
    Instant recent = draft.now.minus(DOUBT);
    boolean refused = false;
    int asked = 0;
    for (Replica replica : draft.state.replicas()) {
      boolean here = group(replica).equals(Optional.of(zone));
      refused |= refusedIn(replica, zone) && replica.statusSince().isAfter(recent);
      if (here && replica.status().isAlive()) {
        if (replica.instance() != null) {
          return Integer.MAX_VALUE;
        }
        asked++;
      }
    }
    return refused ? Math.max(0, 1 - asked) : Integer.MAX_VALUE;
  }

  private static boolean refusedIn(Replica replica, ZoneKey zone) {
    return replica.status() == ReplicaStatus.FAILED_PROVISION
        && replica.machine().spot()
        && Zones.of(replica.machine()).equals(zone);
  }

  /// The zone of a spot replica; empty for one on demand.
  static Optional<ZoneKey> group(Replica replica) {
    return replica.machine().spot() ? Optional.of(Zones.of(replica.machine())) : Optional.empty();
  }
}
