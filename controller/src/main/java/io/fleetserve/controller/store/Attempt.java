package io.fleetserve.controller.store;

import io.fleetserve.controller.model.ReplicaKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One provider call that makes something; stored before it is made.
///
/// @param attemptId idempotency key, also the mark on the instance
/// @param instanceId null until the provider accepted
/// @param detail the provider's words; empty when there are none
public record Attempt(
    String attemptId,
    ReplicaKey key,
    String provider,
    State state,
    @Nullable String instanceId,
    String detail,
    Instant createdAt,
    Instant changedAt) {

  public enum State {
    ASKED,
    ACCEPTED,
    REJECTED,
    UNKNOWN,
    ENDED
  }

  public Attempt with(State next, @Nullable String instance, String words, Instant now) {
    return new Attempt(attemptId, key, provider, next, instance, words, createdAt, now);
  }
}
