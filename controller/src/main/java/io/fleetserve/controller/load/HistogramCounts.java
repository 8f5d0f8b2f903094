package io.fleetserve.controller.load;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Arithmetic on the buckets of a [Histogram]. A shorter list has zeros at its end.
final class HistogramCounts {
  private HistogramCounts() {}

  static List<Long> sum(List<Long> one, List<Long> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    return combined(one, other, 1);
  }

  /// `later - earlier`, never below zero.
  static List<Long> difference(List<Long> later, List<Long> earlier) {
    return combined(later, earlier, -1);
  }

  private static List<Long> combined(List<Long> one, List<Long> other, int sign) {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      counts.add(Math.max(0, at(one, i) + sign * at(other, i)));
    }
    return counts;
  }

  /// Seconds below which `quantile` of what was counted lies, on the straight line inside a bucket;
  /// empty when nothing was counted.
  ///
  /// @param quantile above 0 and at most 1
  static OptionalDouble seconds(List<Long> counts, double quantile) {
    long all = counts.stream().mapToLong(Long::longValue).sum();
    if (all == 0) {
      return OptionalDouble.empty();
    }
    double rank = quantile * all;
    double passed = 0;
    for (int i = 0; i < counts.size(); i++) {
      long here = counts.get(i);
      if (here > 0 && passed + here >= rank) {
        double low = i == 0 ? 0 : Math.scalb(1.0, i - 1);
        double high = Math.scalb(1.0, i);
        return OptionalDouble.of((low + (high - low) * (rank - passed) / here) / 1000);
      }
      passed += here;
    }
    return OptionalDouble.of(Math.scalb(1.0, counts.size()) / 1000);
  }

  private static long at(List<Long> counts, int bucket) {
    return bucket < counts.size() ? counts.get(bucket) : 0;
  }
}
