package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.MixPolicy.Inputs;
import java.util.Arrays;
import java.util.List;

/// The way from the spot replicas that are held to those planned.
///
/// Make before break: what is surplus in one zone stays until as many as the plan wants are ready
/// elsewhere. One by one: where nothing is held, or the last launch failed, a single replica is
/// tried first; a refusal then costs one call, and an acceptance brings the others at the next
/// decision. While replicas are announced to go, there is no time for that.
final class SpotSteps {
  private SpotSteps() {}

  /// Returns replicas by zone, as a decision wants them.
  static int[] towards(int[] planned, Inputs in, MixMemory memory) {
    List<ZoneView> zones = in.zones();
    int plannedTotal = Arrays.stream(planned).sum();
    int heldSurplus = in.spotHeld() - plannedTotal;
    int readySurplus = in.spotReady() - Math.max(in.wanted(), plannedTotal);
    boolean hurried = zones.stream().anyMatch(zone -> zone.noticed() && zone.held() > 0);
    int[] next = new int[planned.length];
    for (int i = 0; i < next.length; i++) {
      ZoneView zone = zones.get(i);
      int held = zone.held();
      if (planned[i] >= held || zone.noticed()) {
        int wished = Math.max(planned[i], held);
        next[i] = hurried ? wished : launching(wished, zone, memory.of(zone.key()));
        continue;
      }
      int starting = held - zone.ready();
      int unready = Math.clamp(heldSurplus, 0, Math.min(starting, held - planned[i]));
      int ready = unready < starting ? 0 : Math.clamp(readySurplus, 0, held - planned[i] - unready);
      heldSurplus -= unready + ready;
      readySurplus -= ready;
      next[i] = held - unready - ready;
    }
    return next;
  }

  private static int launching(int planned, ZoneView zone, ZoneMemory known) {
    boolean proven = zone.launched() > 0 && known.downSinceMillis() == 0;
    return proven ? planned : Math.min(planned, zone.launched() + Math.max(1, zone.pending()));
  }
}
