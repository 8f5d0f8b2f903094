package io.fleetserve.provider;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One instance as the provider sees it now.
///
/// @param preemptionAt when the provider will take it back, by a notice it has given; null while it
///   has given none. The instance runs until then
/// @param lifetime of one that ends by itself; null means that it does not, also when it is taken
///   back before
/// @param failure why it is FAILED or PREEMPTED; null otherwise
/// @param rawState the provider's own word
/// @param attemptId of the create call that made it
public record Instance(
    InstanceRef ref,
    Ownership ownership,
    String attemptId,
    State state,
    Instant createdAt,
    @Nullable Instant preemptionAt,
    @Nullable Lifetime lifetime,
    @Nullable ProviderError failure,
    String rawState) {

  /// An instance that does not end by itself.
  public Instance(
      InstanceRef ref,
      Ownership ownership,
      String attemptId,
      State state,
      Instant createdAt,
      @Nullable Instant preemptionAt,
      @Nullable ProviderError failure,
      String rawState) {
    this(ref, ownership, attemptId, state, createdAt, preemptionAt, null, failure, rawState);
  }

  /// The same with a notice.
  public Instance withPreemptionAt(Instant at) {
    return new Instance(
        ref, ownership, attemptId, state, createdAt, at, lifetime, failure, rawState);
  }

  /// True when the notice speaks of nothing but the end of its lifetime.
  public boolean endsByItself() {
    return lifetime != null && lifetime.endsAt().equals(preemptionAt);
  }

  /// Total: a provider's unseen state maps to UNKNOWN, never to an exception.
  public enum State {
    PENDING,
    RUNNING,
    STOPPING,
    TERMINATED,
    FAILED,
    PREEMPTED,
    UNKNOWN
  }
}
