package io.fleetserve.controller.autoscale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Finds after how many spans a demand may repeat.
final class Period {
  /// Weaker repetition is taken for chance.
  private static final double LEAST_CORRELATION = 0.6;

  /// Lags are looked at in steps of so many spans.
  private static final int COARSE = 3;

  private static final int MOST = 3;

  private Period() {}

  /// Spans after which the demand may repeat, at least `shortest`, the likeliest first, at most
  /// three. Looks at every lag of half a minute up to two thirds of the history: the highest peaks
  /// of the correlation of the demand with itself, once it has fallen to half of them.
  static List<Integer> of(double[] spans, int shortest) {
    double[] coarse = averages(spans);
    int longest = coarse.length * 2 / 3;
    int first = Math.max(2, (shortest + COARSE - 1) / COARSE);
    double[] correlations = new double[longest + 1];
    for (int lag = first; lag <= longest; lag++) {
      correlations[lag] = correlation(coarse, lag);
    }
    List<Integer> peaks = new ArrayList<>();
    double lowest = 1;
    for (int lag = first; lag <= longest; lag++) {
      double one = correlations[lag];
      lowest = Math.min(lowest, one);
      if (one >= LEAST_CORRELATION && lowest < one / 2 && peak(correlations, lag)) {
        peaks.add(lag);
      }
    }
    peaks.sort(Comparator.comparingDouble(lag -> -correlations[lag]));
    return peaks.stream().limit(MOST).map(lag -> lag * COARSE).toList();
  }

  /// Averages of [#COARSE] spans each, the newest whole.
  private static double[] averages(double[] spans) {
    double[] coarse = new double[spans.length / COARSE];
    int skipped = spans.length % COARSE;
    for (int i = 0; i < coarse.length * COARSE; i++) {
      coarse[i / COARSE] += spans[skipped + i] / COARSE;
    }
    return coarse;
  }

  private static boolean peak(double[] correlations, int lag) {
    return lag + 1 < correlations.length
        && correlations[lag] >= correlations[lag - 1]
        && correlations[lag] >= correlations[lag + 1];
  }

  private static double correlation(double[] x, int lag) {
    int n = x.length - lag;
    double a = 0;
    double b = 0;
    for (int i = 0; i < n; i++) {
      a += x[i];
      b += x[i + lag];
    }
    a /= n;
    b /= n;
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < n; i++) {
      double u = x[i] - a;
      double v = x[i + lag] - b;
      ab += u * v;
      aa += u * u;
      bb += v * v;
    }
    return aa <= 0 || bb <= 0 ? 0 : ab / Math.sqrt(aa * bb);
  }
}
