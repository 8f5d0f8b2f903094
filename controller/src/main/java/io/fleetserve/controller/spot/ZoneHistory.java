package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.MixPolicy.Inputs;
import java.util.ArrayList;
import java.util.List;

/// What the inputs of a decision add to the memory, the same for every policy, so that a change of
/// policy loses nothing.
final class ZoneHistory {
  private ZoneHistory() {}

  static MixMemory observe(String policy, Inputs in) {
    MixMemory before = in.memory();
    long now = in.now().toEpochMilli();
    List<ZoneMemory> zones = new ArrayList<>();
    for (ZoneView view : in.zones()) {
      zones.add(observe(view, before.of(view.key()), before.atMillis(), now));
    }
    for (ZoneMemory known : before.zones()) {
      if (in.zones().stream().noneMatch(view -> view.key().equals(known.zone()))) {
        zones.add(known);
      }
    }
    return new MixMemory(
        policy,
        before.seed(),
        before.startedAtMillis() == 0 ? now : before.startedAtMillis(),
        now,
        before.policy().equals(policy) ? before.credit() : 0,
        zones);
  }

  private static ZoneMemory observe(ZoneView view, ZoneMemory before, long last, long now) {
    boolean bad = view.lost() > 0 || view.failed() > 0;
    boolean held = view.launched() > 0;
    boolean grown = view.launched() + view.lost() > before.launched();
    boolean lost = view.lost() > 0;
    double kept = last == 0 ? 1 : LossForecast.remembered(now - last);
    long heldSince =
        !held || lost ? 0 : before.heldSinceMillis() == 0 ? now : before.heldSinceMillis();
    long downSince =
        bad
            ? before.downSinceMillis() == 0 || lost ? now : before.downSinceMillis()
            : grown ? 0 : before.downSinceMillis();
    return new ZoneMemory(
        view.key(),
        view.launched(),
        bad || (before.avoided() && !grown),
        heldSince,
        lost ? now : before.lostAtMillis(),
        downSince,
        bad ? now : before.triedAtMillis(),
        before.losses() * kept + (lost ? 1 : 0),
        before.exposure() * kept + exposure(before, last, now),
        !view.noticed() || lost
            ? 0
            : before.noticedAtMillis() == 0 ? now : before.noticedAtMillis(),
        before.noticeMillis() * kept
            + (lost && before.noticedAtMillis() != 0
                ? Math.max(0, now - before.noticedAtMillis())
                : 0));
  }

  /// Losses an average zone would have had since the last decision.
  private static double exposure(ZoneMemory before, long last, long now) {
    if (before.heldSinceMillis() == 0 || now <= last) {
      return 0;
    }
    long since = before.heldSinceMillis();
    return LossForecast.expectedLosses(last - since, now - since);
  }
}
