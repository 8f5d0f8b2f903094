package io.fleetserve.controller.autoscale;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What demand to be ready for, one cold start from now.
///
/// Several simple forecasters look at the history. The last hour judges each of them: what would it
/// have said about every span, one cold start before, and how far off was that? The headroom
/// quantile of these errors is its margin, so a forecaster that is often surprised asks for much
/// more than it expects, and one that knows the load for little more. The forecaster whose words
/// with that margin would have cost least decides. The cost of a span is
///
/// ```
/// too few:  headroom       * replicas missing
/// too many: (1 - headroom) * replicas idle
/// ```
///
/// the pinball loss, which is least at the headroom quantile (Koenker and Bassett, Regression
/// Quantiles, 1978). Errors of [#HALF_LIFE] spans ago count half.
///
/// Cost: O(n) a forecaster, and O(n log n) to sort its errors, n = spans of an hour.
final class Forecast {
  private static final int JUDGED = DemandHistory.spans(3600);
  private static final int MINUTE = DemandHistory.spans(60);
  private static final double HALF_LIFE = DemandHistory.spans(1200);

  /// Fewer errors than this tell nothing about a forecaster.
  private static final int FEWEST = 12;

  /// Margin, as a share of the newest demand, while nothing can be judged.
  private static final double FIRST_MARGIN = 0.1;

  private final double[] spans;
  private final double[] sums;
  private final int horizon;
  private final double headroom;
  private final double[] sameTimeOfDay;

  /// @param spans demand by span, oldest first, at least one, none unknown
  /// @param horizon spans ahead, at least 1
  /// @param headroom 0.5..0.999
  /// @param sameTimeOfDay what other days had at the time of each span and of `horizon` spans
  ///   beyond the last; NaN where that is not known
  Forecast(double[] spans, int horizon, double headroom, double[] sameTimeOfDay) {
    this.spans = spans.clone();
    this.horizon = horizon;
    this.headroom = headroom;
    this.sameTimeOfDay = sameTimeOfDay.clone();
    this.sums = new double[spans.length + 1];
    for (int i = 0; i < spans.length; i++) {
      sums[i + 1] = sums[i] + spans[i];
    }
  }

  /// What to be ready for.
  ///
  /// @param expected replicas, as the forecaster says
  /// @param needed replicas, with the margin; >= 0
  /// @param cost of the forecaster over the last hour, per span
  /// @param by what the forecaster looks at
  record Outlook(double expected, double needed, double cost, String by) {}

  private interface Forecaster {
    /// Says for span `at` what it could say `horizon` spans before; NaN when it cannot.
    double of(int at);
  }

  Outlook outlook() {
    List<Outlook> all = new ArrayList<>();
    judge("the last minute", at -> mean(at - horizon, MINUTE)).ifPresent(all::add);
    judge("the last 10 minutes", at -> mean(at - horizon, 10 * MINUTE)).ifPresent(all::add);
    judge("the last half hour", at -> mean(at - horizon, 30 * MINUTE)).ifPresent(all::add);
    judge("the trend", this::trend).ifPresent(all::add);
    judge("the time of day", at -> sameTimeOfDay[at]).ifPresent(all::add);
    int period = Period.of(spans, horizon);
    if (period > 0) {
      judge("a period of " + DemandHistory.seconds(period) + " s", at -> periodic(at, period))
          .ifPresent(all::add);
    }
    double newest = mean(spans.length - 1, MINUTE);
    return all.stream()
        .min(Comparator.comparingDouble(Outlook::cost))
        .orElseGet(() -> new Outlook(newest, newest * (1 + FIRST_MARGIN), 0, "the first minutes"));
  }

  private Optional<Outlook> judge(String name, Forecaster forecaster) {
    double next = forecaster.of(spans.length - 1 + horizon);
    if (Double.isNaN(next)) {
      return Optional.empty();
    }
    int first = Math.max(0, spans.length - JUDGED);
    List<Judged> errors = new ArrayList<>(spans.length - first);
    double weights = 0;
    for (int at = first; at < spans.length; at++) {
      double said = forecaster.of(at);
      if (!Double.isNaN(said)) {
        double weight = Math.pow(0.5, (spans.length - 1 - at) / HALF_LIFE);
        errors.add(new Judged(spans[at] - said, weight));
        weights += weight;
      }
    }
    if (errors.size() < FEWEST) {
      return Optional.empty();
    }
    double margin = quantile(errors, weights);
    double cost = 0;
    for (Judged one : errors) {
      double off = one.error() - margin;
      cost += one.weight() * off * (off > 0 ? headroom : headroom - 1);
    }
    return Optional.of(new Outlook(next, Math.max(0, next + margin), cost / weights, name));
  }

  private record Judged(double error, double weight) {}

  private double quantile(List<Judged> errors, double weights) {
    Judged[] sorted = errors.toArray(Judged[]::new);
    Arrays.sort(sorted, Comparator.comparingDouble(Judged::error));
    double passed = 0;
    for (Judged one : sorted) {
      passed += one.weight();
      if (passed >= headroom * weights) {
        return one.error();
      }
    }
    return sorted[sorted.length - 1].error();
  }

  /// Average of the `count` spans up to `last`, or of as many as there are.
  private double mean(int last, int count) {
    if (last < 0) {
      return Double.NaN;
    }
    int from = Math.max(0, last - count + 1);
    return (sums[last + 1] - sums[from]) / (last + 1 - from);
  }

  /// The line through the averages of the two halves of the last `2 * horizon` spans, or four
  /// minutes; never below half and never above three times the newer average.
  private double trend(int at) {
    int half = Math.max(2 * MINUTE, horizon);
    int last = at - horizon;
    if (last - 2 * half + 1 < 0) {
      return Double.NaN;
    }
    double newer = mean(last, half);
    double slope = (newer - mean(last - half, half)) / half;
    return Math.clamp(newer + slope * (half / 2.0 + horizon), 0.5 * newer, 3 * newer);
  }

  /// What was one period before, or as many periods as it takes to be known, over five spans.
  private double periodic(int at, int period) {
    int then = at;
    while (then > at - horizon) {
      then -= period;
    }
    return then < 3 ? Double.NaN : mean(Math.min(then + 2, at - horizon), 5);
  }
}
