package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.ReplicaPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What to be ready for one cold start from now, by the plan in use or a new one.
///
/// @param plan that says so; null while too little is known to have one
/// @param expected demand in replicas, without margin; 0 when the plan expects nothing in
///   particular
/// @param needed replicas, with the margin
/// @param lasting demand in replicas that has lasted for as long as the plan wants; what is in use
///   lasts
/// @param patient true when a short burst is not followed
record Outlook(
    @Nullable Plan plan, double expected, double needed, double lasting, boolean patient) {
  /// A plan is thought over after so many spans.
  private static final int THOUGHT_OVER = DemandHistory.spans(60);

  /// The longest cold start that is looked ahead, in spans: a third of what is remembered.
  private static final int LONGEST = DemandHistory.spans(2400);

  /// Margin, as a share of the demand, while there is no plan.
  private static final double FIRST_MARGIN = 0.1;

  /// @param before the plan in use, if it is of the same metric
  /// @param demand over the averaging window, replicas
  /// @param current target
  static Outlook of(
      Autoscaling rule,
      ReplicaPolicy policy,
      DemandHistory history,
      @Nullable Plan before,
      Duration coldStart,
      double demand,
      int current) {
    double[] spans = history.known();
    int horizon = Math.min(LONGEST, 1 + spans(coldStart));
    int window = Math.max(1, spans(rule.window()));
    Plan plan = before;
    if (before == null || Math.abs(history.lastSpan() - before.chosenAt()) >= THOUGHT_OVER) {
      plan = chosen(rule, policy, history, spans, before, horizon, window);
    }
    if (plan == null) {
      return new Outlook(null, demand, demand * (1 + FIRST_MARGIN), demand, false);
    }
    Plan used = plan;
    double[] day = history.sameTimeOfDay(horizon);
    Forecaster forecaster =
        Forecasters.of(spans, horizon, day, periods(plan)).stream()
            .filter(one -> one.isOf(used))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("unknown forecaster " + used.by()));
    double words = forecaster.at(spans.length - 1);
    double needed = Double.isNaN(words) ? demand : forecaster.with(plan.margin(), words);
    double[] sums = Forecasters.sums(spans);
    double lasting =
        Math.max(
            Forecasters.mean(sums, spans.length - 1, plan.patience()), Math.min(current, demand));
    boolean patient = plan.patience() > window;
    return new Outlook(
        plan, Double.isNaN(words) ? demand : words, needed, patient ? lasting : demand, patient);
  }

  private static @Nullable Plan chosen(
      Autoscaling rule,
      ReplicaPolicy policy,
      DemandHistory history,
      double[] spans,
      @Nullable Plan before,
      int horizon,
      int window) {
    Collection<Integer> periods = periods(before);
    periods.addAll(Period.of(spans, horizon));
    int longer = Math.max(window, horizon);
    int delay = spans(policy.downscaleDelay());
    int most = Math.max(1, policy.maxReplicas());
    int least = Math.min(most, policy.minReplicas());
    double weight = rule.headroom() / (1 - rule.headroom());
    return new Hindsight(spans, new Replay.Terms(horizon, window, weight, least, most))
        .choose(
            Forecasters.of(spans, horizon, history.sameTimeOfDay(horizon), periods),
            before,
            distinct(window, longer, 3 * longer),
            distinct(Math.min(delay, window), Math.min(delay, 3 * window), delay),
            history.lastSpan());
  }

  private static Collection<Integer> periods(@Nullable Plan plan) {
    return plan == null || plan.period() <= 0
        ? new TreeSet<>()
        : new TreeSet<>(List.of(plan.period()));
  }

  private static List<Integer> distinct(Integer... values) {
    return Stream.of(values).distinct().toList();
  }

  private static int spans(Duration time) {
    return DemandHistory.spans((int) Math.min(Integer.MAX_VALUE, time.toSeconds()));
  }

  /// How long a smaller need must last before a replica is taken away: all of the policy's delay
  /// unless the plan holds for less and nothing was missed in all of the delay.
  Duration hold(ReplicaPolicy policy, DemandHistory history) {
    Duration delay = policy.downscaleDelay();
    if (plan == null || !history.unbroken(delay)) {
      return delay;
    }
    Duration hold = Duration.ofSeconds(DemandHistory.seconds(plan.hold()));
    return hold.compareTo(delay) < 0 ? hold : delay;
  }

  /// For people.
  String by() {
    return plan == null ? "the first minutes" : plan.by();
  }
}
