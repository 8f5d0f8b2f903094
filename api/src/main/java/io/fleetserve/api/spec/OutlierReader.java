package io.fleetserve.api.spec;

import io.fleetserve.api.spec.ServiceSection.Outlier;
import java.time.Duration;

/// Reads `service.outlier`. Types and ranges were checked by the schema.
final class OutlierReader {
  private OutlierReader() {}

  static Outlier read(Section section) {
    Outlier usual = Outlier.DEFAULT;
    Duration base = section.seconds("base_ejection_seconds").orElse(usual.baseEjection());
    Duration most = section.seconds("max_ejection_seconds").orElse(longer(base));
    if (most.compareTo(base) < 0) {
      section.wrong(
          "max_ejection_seconds",
          " is below base_ejection_seconds (expected: at least " + seconds(base) + ")");
      most = base;
    }
    return new Outlier(
        section.integer("consecutive_failures").orElse(usual.consecutiveFailures()),
        section.number("max_ejected_fraction").orElse(usual.maxEjectedFraction()),
        section.number("failure_fraction").orElse(usual.failureFraction()),
        section.integer("min_requests").orElse(usual.minRequests()),
        section.seconds("window_seconds").orElse(usual.window()),
        section.number("stdev_factor").orElse(usual.stdevFactor()),
        base,
        most,
        section.number("panic_fraction").orElse(usual.panicFraction()));
  }

  /// The default of the longest ejection, or the base if that is longer.
  private static Duration longer(Duration base) {
    Duration usual = Outlier.DEFAULT.maxEjection();
    return base.compareTo(usual) > 0 ? base : usual;
  }

  private static String seconds(Duration duration) {
    return java.math.BigDecimal.valueOf(duration.toMillis(), 3)
        .stripTrailingZeros()
        .toPlainString();
  }
}
