package io.fleetserve.benchmarks.load;

import java.util.List;

/// Values of several rounds.
///
/// @param median middle value; mean of the two middle ones for an even count
record Spread(double median, double min, double max, int rounds) {
  /// @param values at least one
  static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(median, sorted.getFirst(), sorted.getLast(), sorted.size());
  }
}
