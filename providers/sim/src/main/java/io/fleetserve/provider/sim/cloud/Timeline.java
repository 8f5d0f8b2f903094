package io.fleetserve.provider.sim.cloud;

import static io.fleetserve.api.unit.Checks.check;

import java.util.List;

/// A value that changes at even steps of simulated time, and begins anew after the last one.
///
/// @param gapMillis length of a step in simulated milliseconds, >= 1
/// @param values one per step, at least one, each >= 0
public record Timeline(long gapMillis, List<Double> values) {
  public Timeline {
    values = List.copyOf(values);
    check(gapMillis >= 1, "gapMillis", gapMillis, ">= 1");
    check(!values.isEmpty(), "values", values, "at least one");
    for (double value : values) {
      check(value >= 0 && value < Double.POSITIVE_INFINITY, "value", value, ">= 0");
    }
  }

  /// The same at all times.
  public static Timeline constant(double value) {
    return new Timeline(Long.MAX_VALUE, List.of(value));
  }

  /// The value at a simulated time.
  double at(long millis) {
    return values.get((int) Math.floorMod(Math.floorDiv(millis, gapMillis), (long) values.size()));
  }

  /// When the next step begins; `Long.MAX_VALUE` when nothing ever changes.
  long nextStep(long millis) {
    return values.size() == 1 ? Long.MAX_VALUE : (Math.floorDiv(millis, gapMillis) + 1) * gapMillis;
  }
}
