package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.controller.autoscale.AutoscalerState.Recommendation;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The rule of the Kubernetes horizontal pod autoscaler.
///
/// ```
/// ratio   = average of the metric over window / ready replicas / target
/// desired = ceil(ratio * ready), or the current number while |ratio - 1| <= 0.1
/// upward  replicas on their way count as if they had none of the load: desired is
///         ceil(total / target) over all, unless that turns the direction
/// limits  up to max(2 * current, current + 4) in one decision, down without limit
/// target  = min over upscale_delay of the recommendations if above, max over downscale_delay if below
/// ```
///
/// Every 15 s. Reference: Kubernetes documentation, "Algorithm details" and "Configurable scaling
/// behavior".
///
/// What differs: at zero replicas, where that autoscaler is off, a waiting request wakes one
/// replica; without fresh and complete data nothing is taken away.
final class HpaAutoscaler implements Autoscaler {
  private static final Duration PERIOD = Duration.ofSeconds(15);
  private static final double TOLERANCE = 0.1;

  private final Autoscaling rule;

  HpaAutoscaler(Autoscaling rule) {
    this.rule = rule;
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    AutoscalerState state = AutoscalerState.adopted(name(), in.state(), policy);
    int current = Autoscalers.clamp(state.target(), policy);
    if (current == 0 && in.load().held() > 0 && policy.maxReplicas() > 0) {
      return of(policy, 1, now, List.of(), "requests wait at zero replicas: wake to 1");
    }
    if (!in.load().speaks(now)) {
      return of(policy, current, now, state.recent(), "no fresh load report: stay");
    }
    Measurement load = Loads.average(in.load(), rule.goals().getFirst(), rule.window(), now);
    // What is to spare, or about to go, carries nothing that is wanted.
    int ready = Math.min(in.ready(), current);
    int wanted =
        Autoscalers.clamp(limited(recommend(load.value(), ready, current), current), policy);
    if (wanted < current && !(in.load().fresh(now) && load.complete())) {
      wanted = current;
    }
    List<Recommendation> recent = remember(state, policy, wanted, now);
    int target =
        Math.min(
            Math.max(current, floor(recent, policy.upscaleDelay(), now)),
            ceiling(recent, policy.downscaleDelay(), now));
    String reason =
        "%.2f over %d s at %s per replica want %d: %s"
            .formatted(
                load.value(),
                rule.window().toSeconds(),
                Demand.number(rule.target()),
                wanted,
                target == current ? "stay at " + current : TickHysteresis.change(current, target));
    return of(policy, target, now, recent, reason);
  }

  private int recommend(double load, int ready, int current) {
    if (ready == 0) {
      return current;
    }
    double ratio = load / ready / rule.target();
    if (Math.abs(ratio - 1) <= TOLERANCE) {
      return current;
    }
    int desired = Demand.ceil(load / rule.target());
    if (ratio < 1 || current <= ready) {
      return desired;
    }
    double spread = load / current / rule.target();
    return spread <= 1 + TOLERANCE ? current : Math.max(current, desired);
  }

  private static int limited(int wanted, int current) {
    return Math.min(wanted, Math.max(2 * current, current + 4));
  }

  private static int floor(List<Recommendation> recent, Duration window, Instant now) {
    return within(recent, window, now).mapToInt(Recommendation::replicas).min().orElse(0);
  }

  private static int ceiling(List<Recommendation> recent, Duration window, Instant now) {
    return within(recent, window, now).mapToInt(Recommendation::replicas).max().orElse(0);
  }

  private static Stream<Recommendation> within(
      List<Recommendation> recent, Duration window, Instant now) {
    long since = now.minus(window).toEpochMilli();
    return recent.stream().filter(one -> one.atMillis() > since || one.equals(recent.getLast()));
  }

  private static List<Recommendation> remember(
      AutoscalerState state, ReplicaPolicy policy, int wanted, Instant now) {
    Duration longest =
        policy.upscaleDelay().compareTo(policy.downscaleDelay()) > 0
            ? policy.upscaleDelay()
            : policy.downscaleDelay();
    List<Recommendation> recent = new ArrayList<>(state.recent());
    recent.removeIf(old -> old.atMillis() <= now.minus(longest).toEpochMilli());
    recent.add(new Recommendation(now.toEpochMilli(), wanted));
    return recent;
  }

  private Decision of(
      ReplicaPolicy policy, int target, Instant now, List<Recommendation> recent, String reason) {
    return new Decision(
        Autoscalers.withOverprovision(target, policy),
        new AutoscalerState(name(), target, 0, 0, now.toEpochMilli(), 0, recent),
        reason);
  }

  @Override
  public Duration period(int target) {
    return target == 0 ? TickHysteresis.TICK_AT_ZERO : PERIOD;
  }

  @Override
  public String name() {
    return "hpa";
  }
}
