package io.fleetserve.provider;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.wire.AgentBoot;
import java.time.Instant;

/// One create call.
///
/// @param attemptId idempotency key, unique per attempt, `[a-z0-9]{1,32}`, starts with a letter
/// @param resources the wish that the offer meets
/// @param boot what the agent on the instance is started with; its `folder` is chosen by the
///   provider and empty here
/// @param deadline after which the caller regards the outcome as unknown
public record CreateSpec(
    String attemptId,
    Ownership ownership,
    Offer offer,
    Resources resources,
    AgentBoot boot,
    Instant deadline) {}
