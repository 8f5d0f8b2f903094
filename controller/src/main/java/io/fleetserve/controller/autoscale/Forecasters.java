package io.fleetserve.controller.autoscale;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The forecasters that compete over a history of demand. Each says, at every span, the largest
/// demand to expect in the next `horizon` spans. O(1) a span, O(horizon) where a pattern is looked
/// up.
final class Forecasters {
  /// Says nothing about the load: its margin is the size of a fleet that stays as it is.
  static final String STEADY = "a steady fleet";

  private static final int MINUTE = DemandHistory.spans(60);
  private static final int SHORT = DemandHistory.spans(90);
  private static final int LONG = DemandHistory.spans(120);

  /// Spans around a time one period ago whose largest demand is the peak.
  private static final int AROUND = 2;

  private final double[] spans;
  private final double[] sums;
  private final int horizon;

  private Forecasters(double[] spans, int horizon) {
    this.spans = spans;
    this.horizon = horizon;
    this.sums = sums(spans);
  }

  /// The first is the one that can say something from the first span on.
  ///
  /// @param spans demand by span, oldest first, none unknown
  /// @param horizon spans of a cold start, at least 1
  /// @param sameTimeOfDay what other days had at the time of each span and of `horizon` more; NaN
  ///   where that is not known
  /// @param periods after which the load may repeat, in spans
  static List<Forecaster> of(
      double[] spans, int horizon, double[] sameTimeOfDay, Collection<Integer> periods) {
    Forecasters f = new Forecasters(spans, horizon);
    List<Forecaster> all = new ArrayList<>();
    all.add(new Forecaster("the last minute", 0, true, t -> f.mean(t, MINUTE)));
    all.add(new Forecaster("the last 10 minutes", 0, true, t -> f.mean(t, 10 * MINUTE)));
    all.add(new Forecaster("the last half hour", 0, true, t -> f.mean(t, 30 * MINUTE)));
    all.add(new Forecaster(STEADY, 0, false, t -> 0));
    all.add(new Forecaster("the newest trend", 0, false, t -> f.trend(t, SHORT)));
    all.add(new Forecaster("the trend", 0, false, t -> f.trend(t, Math.max(LONG, horizon))));
    all.add(
        new Forecaster(
            "the time of day", 0, false, t -> largest(sameTimeOfDay, t + 1, t + horizon)));
    for (int period : periods) {
      String name = "a period of " + DemandHistory.seconds(period) + " s";
      all.add(new Forecaster(name, period, false, t -> f.repeated(t, period, 0)));
      all.add(
          new Forecaster(
              "the peaks of " + name, period, false, t -> f.repeated(t, period, AROUND)));
    }
    return all;
  }

  /// Sums of the first 0, 1, 2, ... values.
  static double[] sums(double[] values) {
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    return sums;
  }

  /// Average of the `count` values up to `last`, or of as many as there are.
  static double mean(double[] sums, int last, int count) {
    int from = Math.max(0, last - count + 1);
    return (sums[last + 1] - sums[from]) / (last + 1 - from);
  }

  private double mean(int last, int count) {
    return mean(sums, last, count);
  }

  /// The line through the averages of the two halves of the last `2 * half` spans, now or one cold
  /// start ahead, whichever is more; never below half and never above three times the newer
  /// average.
  private double trend(int t, int half) {
    if (t - 2 * half + 1 < 0) {
      return Double.NaN;
    }
    double newer = mean(t, half);
    double slope = (newer - mean(t - half, half)) / half;
    double now = newer + slope * half / 2;
    return Math.clamp(Math.max(now, now + slope * horizon), 0.5 * newer, 3 * newer);
  }

  /// The largest demand that the coming spans had one period before: smoothed, or the largest of
  /// `around` spans before and after.
  private double repeated(int t, int period, int around) {
    double most = Double.NaN;
    for (int then = t + 1 - period; then <= t + horizon - period; then++) {
      if (then < AROUND || then + around > t) {
        continue;
      }
      double one =
          around == 0
              ? mean(Math.min(then + AROUND, t), 2 * AROUND + 1)
              : largest(spans, then - around, then + around);
      most = most >= one ? most : one;
    }
    return most;
  }

  /// NaN when none of them is known.
  private static double largest(double[] values, int from, int to) {
    double most = Double.NaN;
    for (int i = Math.max(0, from); i <= to && i < values.length; i++) {
      most = most >= values[i] ? most : values[i];
    }
    return most;
  }
}
