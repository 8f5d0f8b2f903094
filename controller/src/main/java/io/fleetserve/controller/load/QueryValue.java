package io.fleetserve.controller.load;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;
import java.time.Instant;

/// A number that Prometheus answered.
///
/// @param value finite
/// @param at when it was answered, on this machine's clock
public record QueryValue(double value, Instant at) {
  /// What is older says nothing of now: three times as long as between two questions.
  public static final Duration STALE = Duration.ofSeconds(15);

  public QueryValue {
    check(Double.isFinite(value), "value", value, "finite");
  }

  /// Too old, or from a time to come, as when the clock was set back.
  boolean isStale(Instant now) {
    return Duration.between(at, now).abs().compareTo(STALE) > 0;
  }
}
