package io.fleetserve.testing.time;

import static io.fleetserve.api.unit.Checks.check;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until it is advanced. Thread-safe: one atomic reference, shared with
/// the views that [#withZone] makes.
public final class VirtualClock extends Clock {
  /// Where a clock without a wish starts.
  public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now;
  private final ZoneId zone;

  /// Starts at [#EPOCH] in UTC.
  public VirtualClock() {
    this(EPOCH);
  }

  public VirtualClock(Instant start) {
    this(new AtomicReference<>(start), ZoneOffset.UTC);
  }

  private VirtualClock(AtomicReference<Instant> now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  /// Moves time forward by `step`, >= 0, and returns the new time.
  public Instant advance(Duration step) {
    check(!step.isNegative(), "step", step, ">= 0");
    return now.updateAndGet(instant -> instant.plus(step));
  }

  /// Sets the time, also backward: what a corrected system clock does.
  public void jumpTo(Instant instant) {
    now.set(instant);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId wanted) {
    return new VirtualClock(now, wanted);
  }
}
