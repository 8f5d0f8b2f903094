package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Ray Serve's default policy.
///
/// ```
/// desired = ceil(ongoing requests, averaged over window / target)
/// target  = desired once it was above the target for all of upscale_delay, or below it for all of
///           downscale_delay; a decision the other way, or none, starts both again
/// ```
///
/// From zero it goes up at once. Every second. Reference: ray-project/ray,
/// `replica_queue_length_autoscaling_policy`; its smoothing factors are 1.
///
/// What differs: ongoing requests come with the load reports each second, not every 10 s; without
/// fresh and complete data nothing is taken away.
final class RayServeAutoscaler implements Autoscaler {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final Autoscaling rule;

  RayServeAutoscaler(Autoscaling rule) {
    this.rule = rule;
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    AutoscalerState state = AutoscalerState.adopted(name(), in.state(), policy);
    int current = Autoscalers.clamp(state.target(), policy);
    if (current == 0 && in.load().held() > 0 && policy.maxReplicas() > 0) {
      int woken =
          Autoscalers.clamp(Math.max(1, Demand.ceil(in.load().held() / rule.target())), policy);
      return of(policy, woken, 0, 0, now, "requests wait at zero replicas: wake to " + woken);
    }
    if (!in.load().speaks(now)) {
      return of(policy, current, 0, 0, now, "no fresh load report: stay at " + current);
    }
    Measurement load = Loads.average(in.load(), rule.goals().getFirst(), rule.window(), now);
    int wanted = Autoscalers.clamp(Demand.ceil(load.value() / rule.target()), policy);
    if (wanted < current && !(in.load().fresh(now) && load.complete())) {
      return of(policy, current, 0, 0, now, "reports do not cover the window: stay at " + current);
    }
    String basis =
        "%.2f ongoing requests at %s per replica want %d"
            .formatted(load.value(), Demand.number(rule.target()), wanted);
    if (wanted == current) {
      return of(policy, current, 0, 0, now, basis + ": as it is");
    }
    // Decisions may be asked for at any time: only whole periods count.
    boolean due = Math.abs(now.toEpochMilli() - in.state().tickAtMillis()) >= PERIOD.toMillis();
    int up = wanted > current ? state.upTicks() + (due ? 1 : 0) : 0;
    int down = wanted < current ? state.downTicks() + (due ? 1 : 0) : 0;
    boolean persisted =
        wanted > current
            ? up > policy.upscaleDelay().dividedBy(PERIOD)
            : down > policy.downscaleDelay().dividedBy(PERIOD);
    if (persisted) {
      return of(policy, wanted, 0, 0, now, basis + ": " + TickHysteresis.change(current, wanted));
    }
    Instant tick = due ? now : Instant.ofEpochMilli(in.state().tickAtMillis());
    return of(policy, current, up, down, tick, basis + ", delayed: stay at " + current);
  }

  private Decision of(
      ReplicaPolicy policy, int target, int up, int down, Instant tick, String reason) {
    return new Decision(
        Autoscalers.withOverprovision(target, policy),
        new AutoscalerState(name(), target, up, down, tick.toEpochMilli(), 0, List.of()),
        reason);
  }

  @Override
  public Duration period(int target) {
    return PERIOD;
  }

  @Override
  public String name() {
    return "ray_serve";
  }
}
