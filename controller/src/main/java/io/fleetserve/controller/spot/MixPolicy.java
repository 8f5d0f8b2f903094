package io.fleetserve.controller.spot;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Decides how many spot replicas each zone should hold and how many on-demand replicas stand
/// beside them. Pure: the memory is in [MixMemory].
///
/// May be asked at any time, at any interval: ask at once after a loss, a notice, a failed launch
/// or a replica that became ready, and about every 30 s besides. Each decision consumes its memory:
/// carry out `next` or throw it away with the decision.
public interface MixPolicy {
  /// Name in the service file and in the stored memory, for example `hedge`.
  String name();

  Decision decide(Inputs in);

  /// What a decision is made from.
  ///
  /// @param wanted replicas that should be ready, without extra ones, >= 0
  /// @param extra replicas above `wanted`, SkyServe's `num_overprovision`, >= 0
  /// @param coldStart from the create call to ready, > 0: of an on-demand replica, which stands in
  ///   when spot ones are lost, and of those in zones that name none
  /// @param onDemandPrice dollars per hour of an on-demand replica, > 0
  /// @param zones every zone where spot replicas may run, and each where some still do, in a stable
  ///   order, each once
  /// @param onDemandLaunched on-demand replicas asked for, starting or ready
  /// @param onDemandReady those of `onDemandLaunched` that serve
  /// @param memory `next` of the last decision, or [MixMemory#NONE]
  /// @param now may stand still or jump, both ways
  record Inputs(
      int wanted,
      int extra,
      Duration coldStart,
      double onDemandPrice,
      List<ZoneView> zones,
      int onDemandLaunched,
      int onDemandReady,
      MixMemory memory,
      Instant now) {
    public Inputs {
      zones = List.copyOf(zones);
      if (wanted < 0 || extra < 0) {
        throw new IllegalArgumentException(
            "wanted: %d, extra: %d (expected: >= 0)".formatted(wanted, extra));
      }
      if (!coldStart.isPositive()) {
        throw new IllegalArgumentException("coldStart: " + coldStart + " (expected: > 0)");
      }
      if (!(onDemandPrice > 0)) {
        throw new IllegalArgumentException("onDemandPrice: " + onDemandPrice + " (expected: > 0)");
      }
      if (onDemandReady < 0 || onDemandLaunched < onDemandReady) {
        throw new IllegalArgumentException(
            "onDemandReady: %d of %d (expected: 0 to all)"
                .formatted(onDemandReady, onDemandLaunched));
      }
      if (zones.stream().map(ZoneView::key).distinct().count() < zones.size()) {
        throw new IllegalArgumentException("zones: " + zones + " (expected: each once)");
      }
    }

    /// Spot replicas that serve.
    public int spotReady() {
      return zones.stream().mapToInt(ZoneView::ready).sum();
    }

    /// Spot replicas asked for, starting or serving.
    public int spotHeld() {
      return zones.stream().mapToInt(ZoneView::held).sum();
    }
  }

  /// What should be from now on. More than is held: launch the difference, where it fails report it
  /// as `failed`. Less: end the difference, those that are not ready first, then the newest.
  ///
  /// @param spot one entry for each zone of the inputs, in their order
  /// @param onDemand on-demand replicas, >= 0
  /// @param next memory to store and hand in again
  /// @param reason one sentence with the numbers
  /// @param detail what was weighed
  record Decision(
      List<ZoneCount> spot, int onDemand, MixMemory next, String reason, MixDetail detail) {
    public Decision {
      spot = List.copyOf(spot);
    }

    /// Replicas wanted in `zone`; 0 for a zone that was not asked about.
    public int spotIn(ZoneKey zone) {
      for (ZoneCount count : spot) {
        if (count.zone().equals(zone)) {
          return count.replicas();
        }
      }
      return 0;
    }

    public int spotTotal() {
      return spot.stream().mapToInt(ZoneCount::replicas).sum();
    }
  }
}
