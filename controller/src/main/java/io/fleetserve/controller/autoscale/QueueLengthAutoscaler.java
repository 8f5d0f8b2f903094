package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.ReplicaPolicy;
import java.time.Duration;
import java.time.Instant;

/// SkyServe's `queue_length_threshold`, behind [TickHysteresis]:
///
/// ```
/// nothing waits               -> 0
/// more wait than threshold    -> one more
/// fewer                       -> one fewer, at least one
/// as many                     -> as many
/// ```
///
/// each within the bounds. Only idle replicas are taken away: never fewer are wanted than have a
/// request.
///
/// What differs: SkyServe counts jobs of a pool that wait for a worker; here it is requests that
/// wait for a replica, at the load balancers.
final class QueueLengthAutoscaler implements Autoscaler {
  private final int threshold;

  /// @param threshold waiting requests, >= 1
  QueueLengthAutoscaler(int threshold) {
    this.threshold = threshold;
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    ReplicaPolicy policy = in.spec().service().replicaPolicy();
    int current =
        Autoscalers.clamp(AutoscalerState.adopted(name(), in.state(), policy).target(), policy);
    int waiting = in.load().held();
    int busy = in.load().busyReplicas();
    int desired = desired(waiting, current);
    return TickHysteresis.decide(
        name(),
        in,
        now,
        desired < current ? Math.max(desired, Math.min(busy, current)) : desired,
        in.load().requestsInLast(TickHysteresis.WINDOW, now),
        "%d requests wait, threshold %d, %d replicas busy".formatted(waiting, threshold, busy));
  }

  private int desired(int waiting, int current) {
    if (waiting == 0) {
      return 0;
    }
    return waiting > threshold
        ? current + 1
        : waiting < threshold ? Math.max(1, current - 1) : current;
  }

  @Override
  public Duration period(int target) {
    return TickHysteresis.period(target);
  }

  @Override
  public String name() {
    return "queue_length";
  }
}
