package io.fleetserve.controller.autoscale;

import java.util.function.IntToDoubleFunction;

/// Says at any span, from what was known by then, what demand to expect within one cold start.
///
/// @param name for people and in the stored plan
/// @param period that it looks back, in spans; 0 when it looks at none
/// @param noisy true when its errors grow with the root of what it says, as an average's of
///   requests that come by chance do; false when they are as large at any demand
/// @param words at a span, replicas; NaN where it cannot say
record Forecaster(String name, int period, boolean noisy, IntToDoubleFunction words) {
  /// Below this demand, in replicas, noise is not taken to be smaller.
  private static final double LEAST_NOISY = 0.5;

  double at(int span) {
    return words.applyAsDouble(span);
  }

  /// What to be ready for when it says `words`, with a margin; NaN where it cannot say.
  double with(double margin, double words) {
    return words + margin * unit(words);
  }

  /// Replicas in one unit of its margin.
  double unit(double words) {
    return noisy ? Math.sqrt(Math.max(LEAST_NOISY, words)) : 1;
  }

  boolean isOf(Plan plan) {
    return name.equals(plan.by()) && period == plan.period();
  }
}
