package io.fleetserve.controller.placement;

import io.fleetserve.provider.Instance;
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
public final class Handover {
  /// To notice it, and for the requests of the old one to end.
  static final Duration MARGIN = Duration.ofSeconds(45);

  private Handover() {}

  /// The instance, with its end as a notice once it is time.
  ///
  /// @param coldStart how long a start takes there, as learned; zero when that is not known
  public static Instance announced(Instance instance, Duration coldStart, Instant now) {
    Instant end = instance.endsAt();
    if (end == null || instance.preemptionAt() != null) {
      return instance;
    }
    Duration lead = coldStart.multipliedBy(3).dividedBy(2).plus(MARGIN);
    // One that lives shorter than that would be replaced as soon as it is there.
    Duration half = Duration.between(instance.createdAt(), end).dividedBy(2);
    Instant due = end.minus(lead.compareTo(half) < 0 ? lead : half);
    return now.isBefore(due)
        ? instance
        : new Instance(
            instance.ref(),
            instance.ownership(),
            instance.attemptId(),
            instance.state(),
            instance.createdAt(),
            end,
            end,
            instance.failure(),
            instance.rawState());
  }
}
