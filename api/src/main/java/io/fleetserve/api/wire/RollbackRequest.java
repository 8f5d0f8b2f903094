package io.fleetserve.api.wire;

import org.jspecify.annotations.Nullable;

/// Body of `POST /api/v1/services/{name}/rollback`.
///
/// @param version to go back to; null means the one before the current
public record RollbackRequest(@Nullable Integer version) {}
