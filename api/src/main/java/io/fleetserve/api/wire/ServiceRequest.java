package io.fleetserve.api.wire;

import io.fleetserve.api.spec.SpecSource;
import org.jspecify.annotations.Nullable;

/// Body of `POST /api/v1/services` (create), `POST /api/v1/services/{name}/versions` (update) and
/// `POST /api/v1/plans` (dry run).
///
/// @param name of the service; null means the file's, else one is made up (create only)
/// @param mode `rolling`, `blue_green`, or null for the file's; update only
public record ServiceRequest(@Nullable String name, SpecSource source, @Nullable String mode) {}
