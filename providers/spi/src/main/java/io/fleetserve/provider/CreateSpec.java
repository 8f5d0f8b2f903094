package io.fleetserve.provider;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.wire.AgentBoot;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// One create call.
///
/// @param attemptId idempotency key, unique per attempt, `[a-z0-9]{1,32}`, starts with a letter
/// @param resources the wish that the offer meets
/// @param numNodes machines of the replica, >= 1
/// @param boot what the agent on the instance is started with; its `folder` is chosen by the
///   provider and empty here
/// @param deadline after which the caller regards the outcome as unknown
public record CreateSpec(
    String attemptId,
    Ownership ownership,
    Offer offer,
    Resources resources,
    int numNodes,
    AgentBoot boot,
    Instant deadline) {
  private static final Resources ANY =
      new Resources(null, Map.of(), null, null, null, false, null, List.of(), null, Map.of());

  /// For a wish for nothing in particular.
  public CreateSpec(
      String attemptId, Ownership ownership, Offer offer, AgentBoot boot, Instant deadline) {
    this(attemptId, ownership, offer, ANY, boot, deadline);
  }

  /// For one machine.
  public CreateSpec(
      String attemptId,
      Ownership ownership,
      Offer offer,
      Resources resources,
      AgentBoot boot,
      Instant deadline) {
    this(attemptId, ownership, offer, resources, 1, boot, deadline);
  }
}
