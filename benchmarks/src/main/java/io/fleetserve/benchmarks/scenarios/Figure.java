package io.fleetserve.benchmarks.scenarios;

import java.util.List;

/// One measured figure.
///
/// @param name what was measured
/// @param unit of the values
/// @param aim as text, for example `< 150`
/// @param values one per run, in order
public record Figure(String name, String unit, String aim, List<Double> values) {
  public Figure {
    values = List.copyOf(values);
  }

  /// The middle value, the mean of the two middle ones for an even count.
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  @Override
  public String toString() {
    return "%-62s median %8.1f %-3s  min %8.1f  max %8.1f  n=%d  aim %s"
        .formatted(
            name,
            median(),
            unit,
            values.stream().mapToDouble(value -> value).min().orElseThrow(),
            values.stream().mapToDouble(value -> value).max().orElseThrow(),
            values.size(),
            aim);
  }
}
