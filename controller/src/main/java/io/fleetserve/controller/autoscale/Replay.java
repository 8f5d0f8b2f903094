package io.fleetserve.controller.autoscale;

import java.util.Arrays;

/// What a plan would have cost over the history: the whole policy run once more in spans, with work
/// as a fluid that waits in one queue.
///
/// ```
/// cost = replica-seconds from launch to removal + weight * replica-seconds of work that waits > 2 s
/// ```
///
/// What happened [#HALF_LIFE] spans ago counts half. The episode of late work that cost most counts
/// by [#ONCE]: what has happened once is a weak reason to pay for its coming again.
///
/// Cost: O(n) a plan, n = spans, and O(horizon) more for each span in which work waits. Confined to
/// one thread: it keeps its scratch space between plans.
final class Replay {
  private static final double SECONDS = DemandHistory.span().toSeconds();
  private static final double HALF_LIFE = DemandHistory.spans(2400);
  private static final double ONCE = 0.5;

  /// Share of a replica that can be filled: work is no fluid.
  private static final double FULL = 0.97;

  private final double[] spans;
  private final double[] sums;
  private final double[] decay;
  private final Terms terms;
  private final Window needs;
  private final Window supplies;
  private final int[] targets;

  /// @param horizon spans of a cold start, at least 1
  /// @param window spans of the averaging window, at least 1
  /// @param weight replica-seconds that a replica-second of late work is worth
  /// @param least replicas
  /// @param most replicas, >= `least`
  record Terms(int horizon, int window, double weight, int least, int most) {}

  Replay(double[] spans, Terms terms) {
    int n = spans.length;
    this.spans = spans;
    this.terms = terms;
    this.sums = Forecasters.sums(spans);
    this.decay = new double[n];
    Arrays.setAll(decay, t -> Math.pow(0.5, (n - 1 - t) / HALF_LIFE));
    this.needs = new Window(n, 1);
    this.supplies = new Window(n, -1);
    this.targets = new int[n];
  }

  /// @param words of the plan's forecaster, by span
  /// @param instead what to be ready for where the forecaster could not say anything
  double cost(Plan plan, Forecaster forecaster, double[] words, double[] instead) {
    needs.clear();
    supplies.clear();
    double cost = 0;
    double late = 0;
    double episode = 0;
    double worst = 0;
    int calm = 0;
    double backlog = 0;
    int before = 0;
    for (int t = 0; t < spans.length; t++) {
      double demand = Forecasters.mean(sums, t, terms.window());
      double lasting = lasting(plan, t, demand, before);
      boolean mute = Double.isNaN(words[t]);
      double ahead = mute ? instead[t] : forecaster.with(plan.margin(), words[t]);
      double need = Math.max(lasting, ahead);
      int target = needs.with(t, plan.hold(), whole(need));
      double supply = Math.max(0.01, FULL * (t == 0 ? target : supplies.extreme()));
      double after = Math.max(0, backlog + (spans[t] - supply) * SECONDS);
      double share = lateShare(backlog / supply, after / supply);
      backlog = after;
      if (share > 0) {
        episode += decay[t] * SECONDS * spans[t] * share;
        calm = 0;
      } else if (++calm > terms.horizon()) {
        worst = Math.max(worst, episode);
        late += episode;
        episode = 0;
      }
      if (backlog > Backlog.LATE_SECONDS * supply) {
        boolean steady = forecaster.name().equals(Forecasters.STEADY);
        double coming = steady && !mute ? soon(plan, t, lasting) : need;
        target = Math.max(target, Math.max(before, whole(drain(t, backlog, coming, before))));
      }
      targets[t] = target;
      before = target;
      supplies.with(t, terms.horizon(), target);
      cost += decay[t] * SECONDS * target;
    }
    late += episode;
    worst = Math.max(worst, episode);
    return cost + terms.weight() * (late - (1 - ONCE) * worst);
  }

  /// Demand that has lasted for as long as the plan wants, and what there is as far as it is used.
  private double lasting(Plan plan, int t, double demand, int before) {
    return plan.patience() <= terms.window()
        ? demand
        : Math.max(Forecasters.mean(sums, t, plan.patience()), Math.min(before, demand));
  }

  private double soon(Plan plan, int t, double lasting) {
    return plan.patience() <= terms.window()
        ? Math.max(lasting, Forecasters.mean(sums, t, Math.max(1, terms.window() / 2)))
        : lasting;
  }

  private double drain(int t, double backlog, double demand, int before) {
    int horizon = terms.horizon();
    double served = 0;
    int ready = before;
    for (int from = t - 1; from > t - horizon; from--) {
      ready = from < 0 ? ready : Math.min(ready, targets[from]);
      served += ready * SECONDS;
    }
    double coldStart = horizon * SECONDS;
    double left = backlog + demand * coldStart - served;
    return Backlog.replicas(left, demand, coldStart, terms.weight());
  }

  /// Share of a span's work that waits too long, when the wait goes evenly from one to the other.
  private static double lateShare(double from, double to) {
    double most = Math.max(from, to);
    double least = Math.min(from, to);
    if (most <= Backlog.LATE_SECONDS) {
      return 0;
    }
    return least >= Backlog.LATE_SECONDS ? 1 : (most - Backlog.LATE_SECONDS) / (most - least);
  }

  private int whole(double replicas) {
    return Math.clamp(Demand.ceil(replicas), terms.least(), terms.most());
  }

  /// The largest (`sign` 1) or least (-1) of the newest values, in constant time a value.
  private static final class Window {
    private final int[] at;
    private final int[] values;
    private final int sign;
    private int first;
    private int end;

    Window(int n, int sign) {
      this.at = new int[n];
      this.values = new int[n];
      this.sign = sign;
    }

    void clear() {
      first = 0;
      end = 0;
    }

    /// @param count newest values that matter, this one included; at least this one
    int with(int t, int count, int value) {
      while (end > first && sign * values[end - 1] <= sign * value) {
        end--;
      }
      at[end] = t;
      values[end++] = value;
      while (at[first] <= t - count && first < end - 1) {
        first++;
      }
      return values[first];
    }

    int extreme() {
      return values[first];
    }
  }
}
