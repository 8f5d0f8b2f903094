package io.fleetserve.controller.placement;

import io.fleetserve.provider.Instance;
import io.fleetserve.provider.Lifetime;
import java.time.Duration;
import java.time.Instant;

/// When an instance that ends by itself, as a batch job at the end of its walltime, is to be
/// replaced: so early that a successor is ready before its requests have to end. From then on it
/// counts as announced by its provider. Pure.
///
/// ```
///          1.5 x learned start        45 s
///   |------------------------|-----------------|
///   successor asked for      ready, drain      end
/// ```
///
/// Or as early as the provider was told ([Lifetime#handover]), if that is earlier; never in the
/// first half of its life.
public final class Handover {
  /// To notice it, and for the requests of the old one to end.
  static final Duration MARGIN = Duration.ofSeconds(45);

  private Handover() {}

  /// The instance, with its end as a notice once it is time.
  ///
  /// @param coldStart how long a start takes there, as learned; zero when that is not known
  public static Instance announced(Instance instance, Duration coldStart, Instant now) {
    Lifetime life = instance.lifetime();
    if (life == null || instance.preemptionAt() != null) {
      return instance;
    }
    Duration lead = longer(coldStart.multipliedBy(3).dividedBy(2).plus(MARGIN), life.handover());
    // One that lives shorter than that would be replaced as soon as it is there.
    Duration half = Duration.between(life.startedAt(), life.endsAt()).dividedBy(2);
    Instant due = life.endsAt().minus(lead.compareTo(half) < 0 ? lead : half);
    return now.isBefore(due) ? instance : instance.withPreemptionAt(life.endsAt());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
