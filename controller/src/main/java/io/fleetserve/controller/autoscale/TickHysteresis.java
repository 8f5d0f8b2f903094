package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.controller.autoscale.Autoscaler.Decision;
import io.fleetserve.controller.autoscale.Autoscaler.Inputs;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// SkyServe's way from a desired number to a target.
///
/// A decision is made every 20 s, every 5 s while the target is 0. At target 0 the desired number
/// is adopted at once. Else each decision that desires more adds one to the up count and clears the
/// down count (and the other way round); one that desires the same clears both. When a count
/// reaches its delay divided by 20 s, whole ticks only, the number desired at that moment is
/// adopted, and both counts start again. A delay under 20 s means: at the next tick.
///
/// What differs: a decision asked for between two ticks counts for nothing, except that at zero a
/// waiting request is answered at once; bounds of an updated file hold at once; without fresh and
/// complete data nothing is taken away; the counts survive a restart.
final class TickHysteresis {
  static final Duration TICK = Duration.ofSeconds(20);
  static final Duration TICK_AT_ZERO = Duration.ofSeconds(5);
  static final Duration WINDOW = Duration.ofSeconds(60);

  /// Ticks are asked for by a loop that may be a little early.
  private static final Duration SLACK = Duration.ofMillis(500);

  private TickHysteresis() {}

  static Duration period(int target) {
    return target == 0 ? TICK_AT_ZERO : TICK;
  }

  /// @param desired number for the load as measured, not yet within the bounds
  /// @param basis what `desired` comes from, a part of a sentence
  static Decision decide(
      String name, Inputs in, Instant now, int desired, Measurement requests, String basis) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    AutoscalerState state = AutoscalerState.adopted(name, in.state(), policy);
    int current = Autoscalers.clamp(state.target(), policy);
    if (current != state.target()) {
      return of(
          policy,
          reset(name, current, now),
          "the bounds are %d to %d now: %s"
              .formatted(
                  policy.minReplicas(), policy.maxReplicas(), change(state.target(), current)));
    }
    if (current == 0 && in.load().held() > 0 && policy.maxReplicas() > 0) {
      int woken = Autoscalers.clamp(Math.max(1, desired), policy);
      return of(
          policy,
          reset(name, woken, now),
          "%d requests wait at zero replicas: wake to %d".formatted(in.load().held(), woken));
    }
    if (!in.load().speaks(now)) {
      return of(policy, state, "no fresh load report: stay at " + current);
    }
    if (!due(state, current, now)) {
      return of(policy, state, "between two decisions: stay at " + current);
    }
    int wanted = Autoscalers.clamp(desired, policy);
    if (wanted < current && !(in.load().fresh(now) && requests.complete())) {
      return of(
          policy,
          new AutoscalerState(name, current, 0, 0, now.toEpochMilli(), 0, List.of()),
          basis + " want " + wanted + ", but the reports do not cover 60 s: stay at " + current);
    }
    return count(policy, name, state, now, wanted, basis);
  }

  private static Decision count(
      ReplicaPolicy policy,
      String name,
      AutoscalerState state,
      Instant now,
      int wanted,
      String basis) {
    int current = state.target();
    if (wanted == current) {
      return of(policy, reset(name, current, now), basis + " want " + wanted + ": as it is");
    }
    if (current == 0) {
      return of(policy, reset(name, wanted, now), basis + ": " + change(0, wanted));
    }
    boolean up = wanted > current;
    int ticks = 1 + (up ? state.upTicks() : state.downTicks());
    long needed = (up ? policy.upscaleDelay() : policy.downscaleDelay()).dividedBy(TICK);
    if (ticks >= needed) {
      return of(
          policy,
          reset(name, wanted, now),
          "%s, for %d decisions: %s".formatted(basis, ticks, change(current, wanted)));
    }
    return of(
        policy,
        new AutoscalerState(
            name, current, up ? ticks : 0, up ? 0 : ticks, now.toEpochMilli(), 0, List.of()),
        "%s want %d, for %d of %d decisions: stay at %d"
            .formatted(basis, wanted, ticks, needed, current));
  }

  private static boolean due(AutoscalerState state, int current, Instant now) {
    Instant last = Instant.ofEpochMilli(state.tickAtMillis());
    return now.isBefore(last) || !now.isBefore(last.plus(period(current)).minus(SLACK));
  }

  private static AutoscalerState reset(String name, int target, Instant now) {
    return new AutoscalerState(name, target, 0, 0, now.toEpochMilli(), 0, List.of());
  }

  private static Decision of(ReplicaPolicy policy, AutoscalerState state, String reason) {
    return new Decision(Autoscalers.withOverprovision(state.target(), policy), state, reason);
  }

  static String change(int from, int to) {
    return "from " + from + " to " + to;
  }
}
