package io.fleetserve.provider.sim.cloud;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Duration;
import java.time.Instant;

/// The cloud's own time: it began at 0 and runs `speed` times as fast as the clock.
///
/// @param anchor moment of the clock at which the cloud's time was `anchorMillis`
/// @param speed simulated seconds per second, > 0
public record CloudTime(Instant anchor, long anchorMillis, double speed) {
  public CloudTime {
    check(speed > 0 && speed <= 1e6, "speed", speed, "above 0, at most 1000000");
  }

  /// Simulated milliseconds; never before the anchor.
  public long millis(Instant now) {
    double real = Math.max(0, Duration.between(anchor, now).toNanos() / 1e6);
    return anchorMillis + (long) (real * speed);
  }

  /// The moment of the clock at which the cloud's time is `millis`, rounded up.
  public Instant instant(long millis) {
    return anchor.plus(real(millis - anchorMillis));
  }

  /// How long a simulated time takes, rounded up to the microsecond.
  public Duration real(long millis) {
    return Duration.ofNanos((long) Math.ceil(millis / speed * 1e3) * 1000);
  }

  /// The same time at another speed from `now` on.
  public CloudTime at(double next, Instant now) {
    return next == speed ? this : new CloudTime(now, millis(now), next);
  }
}
