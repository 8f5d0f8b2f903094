package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.controller.autoscale.AutoscalerState.Recommendation;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Knative's pod autoscaler: two windows, for metric `concurrency` or `qps`.
///
/// ```
/// ready  = max(1, ready replicas)
/// stable = clamp(ceil(average over window       / target), floor(ready / 2), ceil(rate * ready))
/// panic  = clamp(ceil(average over panic window / target), floor(ready / 2), ceil(rate * ready))
/// panic mode while panic average / target >= 2 * ready, and one window longer: only ever up
/// wanted = panic mode ? max(current, stable, panic) : stable
/// target = largest wanted of the last downscale_delay
/// ```
///
/// Every two seconds, and at once when a request waits at zero. Cost: O(samples). Reference:
/// knative/serving, autoscaler "kpa".
///
/// What differs: `target` is taken as given, without a utilisation factor; held requests count as
/// concurrency; at zero the waiting requests themselves, not an average, size the first step; no
/// scale-down without fresh reports over a whole window, which also covers a restart; the memory of
/// the downscale delay starts with the current target after a pause, so a pause or a clock that
/// jumps takes nothing away. `upscale_delay_seconds` has no part in it.
final class PanicWindowAutoscaler implements Autoscaler {
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final double PANIC_THRESHOLD = 2.0;

  private final Autoscaling rule;

  PanicWindowAutoscaler(Autoscaling rule) {
    this.rule = rule;
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    AutoscalerState state = AutoscalerState.adopted(name(), in.state(), policy);
    int current = Autoscalers.clamp(state.target(), policy);
    LoadView load = in.load();
    int ready = Math.max(1, in.ready());
    int upLimit = Demand.ceil(rule.maxScaleUpRate() * ready);
    if (current == 0 && load.held() > 0 && policy.maxReplicas() > 0) {
      return wake(policy, state, load, upLimit, now);
    }
    if (!load.speaks(now)) {
      return of(
          policy, withTarget(state, current, now), "no fresh load report: stay at " + current);
    }
    Measurement stable = Loads.average(load, rule.goals().getFirst(), rule.window(), now);
    Measurement panic = Loads.average(load, rule.goals().getFirst(), rule.panicWindow(), now);
    int downLimit = ready / 2;
    int stableWanted = Math.clamp(need(stable), Math.min(downLimit, upLimit), upLimit);
    int panicWanted = Math.clamp(need(panic), Math.min(downLimit, upLimit), upLimit);
    long panicSince = panicSince(state, need(panic) >= PANIC_THRESHOLD * ready, now);
    int wanted = stableWanted;
    if (panicSince > 0) {
      wanted = Math.max(current, Math.max(stableWanted, panicWanted));
    }
    wanted = Autoscalers.clamp(wanted, policy);
    boolean trusted = load.fresh(now) && stable.complete();
    if (wanted < current && !trusted) {
      wanted = current;
    }
    List<Recommendation> recent = remember(state, policy, current, wanted, now);
    int target = recent.stream().mapToInt(Recommendation::replicas).max().orElse(wanted);
    target = Autoscalers.clamp(target, policy);
    AutoscalerState next =
        new AutoscalerState(name(), target, 0, 0, now.toEpochMilli(), panicSince, recent);
    return of(
        policy, next, explain(stable, panic, panicSince > 0, trusted, current, wanted, target));
  }

  private Decision wake(
      ReplicaPolicy policy, AutoscalerState state, LoadView load, int upLimit, Instant now) {
    int forHeld =
        rule.metric() == Autoscaling.Metric.CONCURRENCY
            ? Demand.ceil(load.held() / rule.target())
            : need(Loads.average(load, rule.goals().getFirst(), rule.panicWindow(), now));
    int target = Autoscalers.clamp(Math.clamp(forHeld, 1, upLimit), policy);
    List<Recommendation> recent = remember(state, policy, 0, target, now);
    return of(
        policy,
        new AutoscalerState(name(), target, 0, 0, now.toEpochMilli(), 0, recent),
        "%d requests wait at zero replicas: wake to %d".formatted(load.held(), target));
  }

  private int need(Measurement average) {
    return Demand.ceil(average.value() / rule.target());
  }

  private long panicSince(AutoscalerState state, boolean over, Instant now) {
    if (over) {
      return now.toEpochMilli();
    }
    Instant since = Instant.ofEpochMilli(state.panicSinceMillis());
    boolean stays =
        state.panicSinceMillis() > 0
            && !now.isBefore(since)
            && now.isBefore(since.plus(rule.window()));
    return stays ? state.panicSinceMillis() : 0;
  }

  /// The falling sequence of recommendations no older than the downscale delay, the new one last.
  private static List<Recommendation> remember(
      AutoscalerState state, ReplicaPolicy policy, int current, int wanted, Instant now) {
    return state.remembering(wanted, policy.downscaleDelay(), state.paused(now), current, now);
  }

  private AutoscalerState withTarget(AutoscalerState state, int target, Instant now) {
    return new AutoscalerState(
        name(), target, 0, 0, now.toEpochMilli(), state.panicSinceMillis(), state.recent());
  }

  private Decision of(ReplicaPolicy policy, AutoscalerState next, String reason) {
    return new Decision(Autoscalers.withOverprovision(next.target(), policy), next, reason);
  }

  private String explain(
      Measurement stable,
      Measurement panic,
      boolean panicking,
      boolean trusted,
      int current,
      int wanted,
      int target) {
    String unit = rule.metric() == Autoscaling.Metric.CONCURRENCY ? "requests" : "requests/s";
    String basis =
        "%.2f %s over %d s, %.2f over %d s, at %s per replica"
            .formatted(
                stable.value(),
                unit,
                rule.window().toSeconds(),
                panic.value(),
                rule.panicWindow().toSeconds(),
                Demand.number(rule.target()));
    String mode = panicking ? ", in panic" : trusted ? "" : ", reports do not cover the window";
    return basis
        + mode
        + (target == current
            ? target == wanted
                ? ": stay at " + current
                : " want " + wanted + ", downscale delay: stay at " + current
            : ": " + TickHysteresis.change(current, target));
  }

  @Override
  public Duration period(int target) {
    return PERIOD;
  }

  @Override
  public String name() {
    return "knative";
  }
}
