package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.ReplicaPolicy;
import io.fleetserve.controller.autoscale.AutoscalerState.Recommendation;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Our own policy, which knows how long a replica takes to start.
///
/// ```
/// demand   = work that arrives / target, in spans of 10 s, for two hours        [DemandMeter]
/// plan     = forecaster, margin, patience and hold that would have cost least   [Hindsight]
/// need     = max of
///              what the plan's forecaster says for one cold start, with margin  [Outlook]
///              demand over window, or over the plan's patience
///              demand over half of window, when that is twice what there is      (panic)
///              what the metrics that are times ask for                           [LatencyGoals]
///              what the schedule asks for now or one cold start ahead            [Schedules]
/// target   = max of
///              largest need of the plan's hold, at most downscale_delay
///              what works off the queue cheapest; what there is while one waits  [Backlog],
///                and while starts take longer than is known
/// down     only when the target is below by a twentieth and by one, or at the minimum
/// ```
///
/// Every 5 s, and at once when a request waits at zero. It sleeps (zero) when nothing was asked for
/// in all of downscale_delay and window. Replicas on their way are part of the target, so they are
/// never asked for twice. Without fresh reports nothing changes; after a start or a gap, and before
/// there is a plan, nothing is taken away for one downscale_delay.
final class ForecastAutoscaler implements Autoscaler {
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final double PANIC = 2;
  private static final double BAND = 0.05;

  private final Autoscaling rule;
  private final DemandMeter meter;

  ForecastAutoscaler(Autoscaling rule) {
    this.rule = rule;
    this.meter = new DemandMeter(rule);
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    AutoscalerState state = AutoscalerState.adopted(name(), in.state(), policy);
    int current = Autoscalers.clamp(state.target(), policy);
    LoadView load = in.load();
    DemandHistory history = meter.observe(state.demand(), in, now);
    if (current == 0 && load.held() > 0 && policy.maxReplicas() > 0) {
      return wake(policy, state, history, load, now);
    }
    if (!load.speaks(now)) {
      String reason = "no fresh load report: stay at " + current;
      List<Recommendation> kept = remember(state, policy, current, current, now);
      return of(policy, state, current, kept, history, now, reason);
    }
    Need need = need(in, state, history, current, now);
    int ready = in.ready();
    int limit = Demand.ceil(rule.maxScaleUpRate() * Math.max(1, ready));
    int asked = Math.max(need.replicas(), inUse(load, ready, current));
    int wanted = Autoscalers.clamp(Math.min(asked, Math.max(limit, current)), policy);
    boolean seen = load.fresh(now) && load.requestsInLast(rule.window(), now).complete();
    boolean trusted = seen && need.whole();
    List<Recommendation> recent =
        need.idle()
            ? List.of(new Recommendation(now.toEpochMilli(), wanted))
            : remember(state, policy, current, trusted ? wanted : Math.max(wanted, current), now);
    long since = now.minus(need.hold()).toEpochMilli();
    int held =
        recent.stream()
            .filter(one -> one.atMillis() >= since)
            .mapToInt(Recommendation::replicas)
            .max()
            .orElse(wanted);
    int drained = Math.min(need.drain(), Math.max(limit, current));
    int target = calm(Autoscalers.clamp(Math.max(held, drained), policy), current, policy);
    String reason = need.reason() + (seen ? "" : ", not all of it is known");
    return of(
        policy,
        state.following(need.plan()),
        target,
        recent,
        history,
        now,
        reason + after(current, wanted, target));
  }

  /// @param drain replicas for what waits, wanted for as long as it does; 0 when nothing waits
  /// @param hold how long a smaller need must last
  /// @param idle nothing was asked for in all of the downscale delay, and it may sleep
  /// @param whole every metric told: fewer would do
  private record Need(
      int replicas,
      int drain,
      Duration hold,
      boolean idle,
      boolean whole,
      @Nullable Plan plan,
      String reason) {}

  private Need need(
      Inputs in, AutoscalerState state, DemandHistory history, int current, Instant now) {
    LoadView load = in.load();
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    Duration delay = policy.downscaleDelay();
    int scheduled = Schedules.least(rule.schedules(), now, in.coldStart());
    int timely = LatencyGoals.wish(rule.goals(), load, rule.window(), current, in.ready(), now);
    Plan before = state.demand().metric().equals(meter.what()) ? state.plan() : null;
    OptionalDouble over = meter.demand(history, in, rule.window(), now);
    List<Metric> missing = meter.missing(history, in, rule.window(), now);
    String without = missing.isEmpty() ? "" : ", nothing known of " + names(missing);
    if (over.isEmpty() || (history.known().length == 0 && missing.isEmpty())) {
      int replicas = Math.max(scheduled, meter.isEmpty() ? timely : Math.max(timely, current));
      String reason = "%d by times and schedules%s".formatted(replicas, without);
      return new Need(replicas, 0, delay, false, true, before, reason);
    }
    if (policy.minReplicas() == 0
        && missing.isEmpty()
        && isIdle(load, policy, now)
        && isQuiet(history, policy, over)) {
      return new Need(scheduled, 0, delay, true, true, before, "nothing was asked for");
    }
    double demand = over.getAsDouble();
    Outlook outlook = Outlook.of(rule, policy, history, before, in.coldStart(), demand, current);
    double half = meter.demand(history, in, rule.window().dividedBy(2), now).orElse(demand);
    double panic = !outlook.patient() && half >= PANIC * Math.max(1, current) ? half : 0;
    double coming = coming(outlook, Math.max(half, panic));
    double backlog = drain(in, history, coming, current, now);
    double drain = isLate(in, now) ? Math.min(backlog, current) : backlog;
    double most = Math.max(Math.max(outlook.needed(), outlook.lasting()), panic);
    int replicas = Math.max(Demand.ceil(most), Math.max(scheduled, timely));
    String reason =
        "demand %.2f replicas over %d s, be ready for %.2f in %d s by %s"
            .formatted(
                demand,
                rule.window().toSeconds(),
                outlook.needed(),
                in.coldStart().toSeconds(),
                outlook.by());
    String more =
        (panic >= most ? ", in panic" : "")
            + (drain >= most ? ", %d waiting".formatted(load.held()) : "")
            + (replicas == timely ? ", %d by time".formatted(timely) : "")
            + (replicas == scheduled ? ", %d by schedule".formatted(scheduled) : "")
            + without;
    return new Need(
        replicas,
        Demand.ceil(drain),
        outlook.hold(policy, history),
        false,
        missing.isEmpty(),
        outlook.plan(),
        reason + more);
  }

  private static String names(List<Metric> metrics) {
    return metrics.stream()
        .map(metric -> metric.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /// Whether a metric that does not come from requests has also been at nothing for so long.
  private boolean isQuiet(DemandHistory history, ReplicaPolicy policy, OptionalDouble over) {
    int spans = DemandHistory.spans((int) policy.downscaleDelay().toSeconds());
    return !meter.goesBeyondRequests() || (over.orElse(1) <= 0 && history.quietFor(spans));
  }

  /// Demand while a queue is worked off.
  private static double coming(Outlook outlook, double newest) {
    double lasting = outlook.patient() ? outlook.lasting() : Math.max(outlook.lasting(), newest);
    return outlook.expected() > 0 ? Math.max(lasting, outlook.needed()) : lasting;
  }

  /// Replicas while work waits for longer than counts: at least what there is; 0 when it does not,
  /// and in the first minute, when no demand is known yet.
  private double drain(Inputs in, DemandHistory history, double demand, int current, Instant now) {
    double backlog = meter.backlog(history, in.load());
    double seconds = in.coldStart().toMillis() / 1000.0;
    boolean known = history.unbroken(rule.window());
    if (!known || backlog <= Backlog.LATE_SECONDS * Math.max(1, in.ready())) {
      return 0;
    }
    double served =
        in.replicas().stream()
            .mapToDouble(one ->
                one.isReady()
                    ? seconds
                    : Math.clamp(
                        Duration.between(one.launchedAt(), now).toMillis() / 1000.0, 0, seconds))
            .sum();
    double weight = rule.headroom() / (1 - rule.headroom());
    double left = backlog + demand * seconds - served;
    return Math.max(current, Backlog.replicas(left, demand, seconds, weight));
  }

  /// Whether a replica takes half as long again to start as is known of starts: then the queue
  /// grows whatever is asked for, and says nothing about how many are missing.
  private static boolean isLate(Inputs in, Instant now) {
    Instant due = now.minus(in.coldStart().multipliedBy(3).dividedBy(2));
    return in.replicas().stream()
        .anyMatch(replica -> replica.status().isStarting() && replica.launchedAt().isBefore(due));
  }

  /// Replicas that requests are at or wait for: all that are on their way while none is ready.
  private static int inUse(LoadView load, int ready, int current) {
    if (load.held() > 0 && ready == 0) {
      return current;
    }
    return load.held() + load.inFlight() > 0 ? 1 : 0;
  }

  private boolean isIdle(LoadView load, ReplicaPolicy policy, Instant now) {
    Duration delay = policy.downscaleDelay();
    Duration window = delay.compareTo(rule.window()) > 0 ? delay : rule.window();
    Measurement requests = load.requestsInLast(window, now);
    return load.held() + load.inFlight() == 0 && requests.value() < 0.5 && requests.complete();
  }

  private Decision wake(
      ReplicaPolicy policy,
      AutoscalerState state,
      DemandHistory history,
      LoadView load,
      Instant now) {
    double perReplica = rule.metric() == Autoscaling.Metric.CONCURRENCY ? rule.target() : 1e9;
    int wanted = Demand.ceil(load.held() / perReplica);
    int limit = Demand.ceil(rule.maxScaleUpRate());
    int target = Autoscalers.clamp(Math.clamp(wanted, 1, Math.max(1, limit)), policy);
    List<Recommendation> recent = remember(state, policy, 0, target, now);
    String reason = "%d requests wait at zero replicas: wake to %d".formatted(load.held(), target);
    return of(policy, state, target, recent, history, now, reason);
  }

  /// `target`, or `current` where the difference downwards is too small to act on.
  private static int calm(int target, int current, ReplicaPolicy policy) {
    boolean little = target < current && current - target <= Math.rint(BAND * current);
    return little && target > policy.minReplicas() ? current : target;
  }

  /// Needs of the downscale delay. After a pause, and before the first, what there is counts.
  private static List<Recommendation> remember(
      AutoscalerState state, ReplicaPolicy policy, int current, int wanted, Instant now) {
    boolean afresh = state.recent().isEmpty() || state.paused(now);
    return state.remembering(wanted, policy.downscaleDelay(), afresh, current, now);
  }

  private Decision of(
      ReplicaPolicy policy,
      AutoscalerState state,
      int target,
      List<Recommendation> recent,
      DemandHistory history,
      Instant now,
      String reason) {
    return new Decision(
        Autoscalers.withOverprovision(target, policy),
        new AutoscalerState(
            name(),
            target,
            0,
            0,
            now.toEpochMilli(),
            state.panicSinceMillis(),
            recent,
            history,
            state.plan()),
        reason);
  }

  private static String after(int current, int wanted, int target) {
    if (target != current) {
      return ": " + TickHysteresis.change(current, target);
    }
    return wanted == current
        ? ": stay at " + current
        : " want " + wanted + ", downscale delay: stay at " + current;
  }

  @Override
  public Duration period(int target) {
    return PERIOD;
  }

  @Override
  public String name() {
    return "forecast";
  }
}
