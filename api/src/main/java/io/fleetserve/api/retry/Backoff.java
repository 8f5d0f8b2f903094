package io.fleetserve.api.retry;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;

/// Exponential backoff with full jitter. Pure: time and randomness are the caller's.
///
/// ```
/// attempt      1        2         3          4    ...
/// ceiling   initial  2*initial 4*initial    cap         delay = random * ceiling
/// ```
///
/// Full jitter spreads callers that failed together over the whole span, at half the mean wait.
///
/// @param initial ceiling of the first delay, > 0
/// @param cap largest ceiling, >= initial
public record Backoff(Duration initial, Duration cap) {
  public Backoff {
    check(initial.isPositive(), "initial", initial, "> 0");
    check(cap.compareTo(initial) >= 0, "cap", cap, ">= initial");
  }

  /// Longest wait after a number of failures in a row.
  ///
  /// @param attempt from 1
  public Duration ceiling(int attempt) {
    check(attempt >= 1, "attempt", attempt, ">= 1");
    Duration delay = initial;
    for (int i = 1; i < attempt && delay.compareTo(cap) < 0; i++) {
      delay = delay.compareTo(cap.dividedBy(2)) > 0 ? cap : delay.multipliedBy(2);
    }
    return delay;
  }

  /// The wait after a number of failures in a row: 0 to [#ceiling(int)].
  ///
  /// @param attempt from 1
  /// @param random 0 (included) to 1
  public Duration delay(int attempt, double random) {
    check(random >= 0 && random <= 1, "random", random, "0..1");
    return Duration.ofNanos((long) (ceiling(attempt).toNanos() * random));
  }
}
