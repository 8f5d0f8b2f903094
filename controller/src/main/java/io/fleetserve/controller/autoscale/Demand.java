package io.fleetserve.controller.autoscale;

import java.util.Locale;

/// Whole replicas for a measured demand.
final class Demand {
  /// Interpolated counts carry rounding errors far below this.
  private static final double EPSILON = 1e-6;

  private Demand() {}

  /// The next whole number, where a value a rounding error above a whole number is that number; at
  /// most a million.
  static int ceil(double value) {
    return (int) Math.clamp((long) Math.ceil(value - EPSILON), 0L, 1_000_000L);
  }

  /// Without needless zeros.
  static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
