package io.fleetserve.provider;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One instance as the provider sees it now.
///
/// @param preemptionAt when the provider will take it back, by a notice it has given; null while it
///   has given none. The instance runs until then
/// @param endsAt when it ends by itself, for example at the end of a batch job's walltime; null
///   means never
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
    @Nullable Instant endsAt,
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
