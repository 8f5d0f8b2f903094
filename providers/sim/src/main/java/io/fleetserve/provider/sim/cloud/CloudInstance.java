package io.fleetserve.provider.sim.cloud;

import io.fleetserve.provider.CreateSpec;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// One instance as the cloud's books have it. Times are simulated milliseconds.
///
/// @param order what it was made for; its offer says where, what and whether spot
/// @param state PENDING, RUNNING, FAILED or PREEMPTED
/// @param readyMillis when its machine starts
/// @param listedMillis when listings begin to show it
/// @param preemptionMillis when it is taken back; null while no notice was given
/// @param failure why it is FAILED or PREEMPTED; null otherwise
public record CloudInstance(
    CreateSpec order,
    Instance.State state,
    long createdMillis,
    long readyMillis,
    long listedMillis,
    @Nullable Long preemptionMillis,
    @Nullable ProviderError failure) {
  /// The cloud takes the newest first.
  static final Comparator<CloudInstance> NEWEST_FIRST =
      Comparator.comparingLong(CloudInstance::createdMillis)
          .reversed()
          .thenComparing(CloudInstance::attemptId);

  public String attemptId() {
    return order.attemptId();
  }

  boolean isIn(CloudZone zone) {
    return zone.name().equals(order.offer().zone());
  }

  /// True while it takes room.
  public boolean isActive() {
    return state == Instance.State.PENDING || state == Instance.State.RUNNING;
  }

  /// True while it takes room that the cloud may want back.
  boolean isTakeable() {
    return isActive() && order.offer().spot() && preemptionMillis == null;
  }

  CloudInstance running() {
    return with(Instance.State.RUNNING, null);
  }

  CloudInstance failed(ProviderError why) {
    return with(Instance.State.FAILED, why);
  }

  CloudInstance preempted(ProviderError why) {
    return with(Instance.State.PREEMPTED, why);
  }

  private CloudInstance with(Instance.State next, @Nullable ProviderError why) {
    return new CloudInstance(
        order, next, createdMillis, readyMillis, listedMillis, preemptionMillis, why);
  }

  /// The same, to be taken back at a simulated time.
  public CloudInstance noticed(long takenMillis) {
    return new CloudInstance(
        order, state, createdMillis, readyMillis, listedMillis, takenMillis, failure);
  }
}
