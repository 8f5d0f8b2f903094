package io.fleetserve.controller.autoscale;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Chooses the plan that would have cost least over the last two hours.
///
/// For every forecaster: the quantiles of its errors are tried as margins, then how long to wait
/// for demand to last, then how long to hold; each choice is priced by a [Replay]. So a fixed fleet
/// (a forecaster that says nothing, with a quantile of the demand as its margin), one that follows
/// at once, and one that trusts a pattern compete on the same terms. The plan in use is kept unless
/// another is cheaper by [#WORTH_A_CHANGE].
///
/// Following the leader: Kalai and Vempala, Efficient algorithms for online decision problems,
/// 2005. Cost: about 15 replays a forecaster.
final class Hindsight {
  private static final double[] QUANTILES = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1};
  private static final double[] STEPS = {1, -1, 0.5, -0.5, 0.25, -0.25};
  private static final double WORTH_A_CHANGE = 0.02;

  /// Fewer errors than this, two minutes' worth, tell nothing about a forecaster.
  private static final int FEWEST = 12;

  private final double[] spans;
  private final int horizon;
  private final Replay replay;
  private final double[] instead;

  Hindsight(double[] spans, Replay.Terms terms) {
    this.spans = spans.clone();
    this.horizon = terms.horizon();
    this.replay = new Replay(this.spans, terms);
    this.instead = new double[spans.length];
  }

  private record Priced(Plan plan, double cost) {
    /// The cheaper of both; this one when they cost the same.
    Priced or(Priced other) {
      return other.cost < cost ? other : this;
    }
  }

  /// The plan to follow from now on; null while too little is known.
  ///
  /// @param forecasters of the same spans; the first has something to say at every span
  /// @param before the plan in use
  /// @param patiences choices, spans; the first is the usual one
  /// @param holds choices, spans; the first is the usual one
  /// @param now number of the newest span
  @Nullable Plan choose(
      List<Forecaster> forecasters,
      @Nullable Plan before,
      List<Integer> patiences,
      List<Integer> holds,
      long now) {
    Arrays.fill(instead, 0);
    Priced best = null;
    Priced kept = null;
    for (Forecaster forecaster : forecasters) {
      double[] words = IntStream.range(0, spans.length).mapToDouble(forecaster::at).toArray();
      double[] margins = margins(forecaster, words);
      if (margins.length == 0 || Double.isNaN(words[spans.length - 1])) {
        continue;
      }
      Plan start =
          new Plan(
              forecaster.name(),
              forecaster.period(),
              0,
              patiences.getFirst(),
              holds.getFirst(),
              now);
      if (before != null && forecaster.isOf(before)) {
        start = before.at(now);
        kept = priced(start, forecaster, words);
      }
      Priced own = tuned(start, forecaster, words, margins, patiences, holds);
      if (best == null) {
        double margin = own.plan().margin();
        Arrays.setAll(instead, t -> forecaster.with(margin, words[t]));
      }
      best = best == null ? own : best.or(own);
    }
    if (best == null) {
      return null;
    }
    return kept != null && kept.cost() <= best.cost() * (1 + WORTH_A_CHANGE)
        ? kept.plan()
        : best.plan();
  }

  private Priced tuned(
      Plan start,
      Forecaster forecaster,
      double[] words,
      double[] margins,
      List<Integer> patiences,
      List<Integer> holds) {
    Priced best = priced(start.withMargin(margins[0]), forecaster, words);
    for (int i = 1; i < margins.length; i++) {
      best = best.or(priced(start.withMargin(margins[i]), forecaster, words));
    }
    for (int patience : patiences) {
      best = best.or(priced(best.plan().withPatience(patience), forecaster, words));
    }
    for (int hold : holds) {
      best = best.or(priced(best.plan().withHold(hold), forecaster, words));
    }
    for (double step : STEPS) {
      double margin = best.plan().margin() + step;
      best = best.or(priced(best.plan().withMargin(margin), forecaster, words));
    }
    return best;
  }

  private Priced priced(Plan plan, Forecaster forecaster, double[] words) {
    return new Priced(plan, replay.cost(plan, forecaster, words, instead));
  }

  /// Quantiles of how far the demand of a span was above what was said one cold start before, in
  /// the forecaster's unit; none when that is known too seldom.
  private double[] margins(Forecaster forecaster, double[] words) {
    double[] errors =
        IntStream.range(horizon, spans.length)
            .filter(at -> !Double.isNaN(words[at - horizon]))
            .mapToDouble(
                at -> (spans[at] - words[at - horizon]) / forecaster.unit(words[at - horizon]))
            .sorted()
            .toArray();
    if (errors.length < FEWEST) {
      return new double[0];
    }
    return Arrays.stream(QUANTILES)
        .map(q -> errors[(int) Math.min(errors.length - 1, Math.floor(q * errors.length))])
        .distinct()
        .toArray();
  }
}
