package io.fleetserve.controller.placement;

import io.fleetserve.provider.ProviderError;
import java.time.Duration;
import java.time.Instant;

/// A provider that did not tell in time what it offers. Until it does nobody waits for it: it is
/// asked again in the background, after pauses that double, and nothing is started there while
/// anything else fits. Pure.
///
/// ```
///   asked    patience over       again       again
///   |--------|-------------------|-----------|--------- ... at most 5 min apart
///   all wait  30 s: nobody waits   60 s
/// ```
///
/// @param since when the question was asked that was not answered
/// @param until not asked again before
/// @param times how often it was asked in vain, >= 1
public record Silence(Instant since, Instant until, int times) {
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /// The first.
  public static Silence from(Instant asked, Instant now) {
    return new Silence(asked, now.plus(PAUSE), 1);
  }

  /// It is asked once more.
  public Silence again(Instant now) {
    Duration pause = PAUSE.multipliedBy(1L << Math.min(times, 10));
    return new Silence(since, now.plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST), times + 1);
  }

  /// True while it is not to be asked.
  public boolean holds(Instant now) {
    return now.isBefore(until);
  }

  /// What keeps replicas away from the provider.
  public Block block(String provider) {
    return new Block(
        new Block.Scope(provider, null, null, null, null),
        ProviderError.Category.TRANSIENT,
        until,
        "has not answered since " + since);
  }
}
