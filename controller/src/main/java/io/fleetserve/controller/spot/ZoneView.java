package io.fleetserve.controller.spot;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a decision sees of one zone. "Since the last decision" means: after [MixMemory#atMillis].
///
/// @param price dollars per hour of a spot replica there, > 0
/// @param pending spot replicas asked for, whose create call has no answer yet
/// @param launched spot replicas that exist there, starting or ready; a replica with a notice
///   counts until it is gone
/// @param ready those of `launched` that serve
/// @param lost replicas the provider took away since the last decision; never what was ended on
///   purpose
/// @param failed create calls refused for want of capacity since the last decision
/// @param noticed the provider announced that it takes replicas of this zone away
/// @param blocked nothing may be launched here now, for a reason that is not capacity: quota,
///   credentials, billing
/// @param coldStart from the create call to ready there, > 0; null means as anywhere
public record ZoneView(
    ZoneKey key,
    double price,
    int pending,
    int launched,
    int ready,
    int lost,
    int failed,
    boolean noticed,
    boolean blocked,
    @Nullable Duration coldStart) {
  /// One where a start takes as long as anywhere.
  public ZoneView(
      ZoneKey key,
      double price,
      int pending,
      int launched,
      int ready,
      int lost,
      int failed,
      boolean noticed,
      boolean blocked) {
    this(key, price, pending, launched, ready, lost, failed, noticed, blocked, null);
  }

  public ZoneView {
    if (!(price > 0)) {
      throw new IllegalArgumentException(key + ": price: " + price + " (expected: > 0)");
    }
    if (coldStart != null && !coldStart.isPositive()) {
      throw new IllegalArgumentException(key + ": coldStart: " + coldStart + " (expected: > 0)");
    }
    if (pending < 0 || ready < 0 || launched < ready || lost < 0 || failed < 0) {
      throw new IllegalArgumentException(
          "%s: pending %d, launched %d, ready %d, lost %d, failed %d (expected: >= 0, ready <= launched)"
              .formatted(key, pending, launched, ready, lost, failed));
    }
  }

  /// The same, where nothing may be launched now.
  public ZoneView withBlocked() {
    return new ZoneView(
        key, price, pending, launched, ready, lost, failed, noticed, true, coldStart);
  }

  /// What is there or on its way.
  public int held() {
    return pending + launched;
  }
}
