package io.fleetserve.api.wire;

import io.fleetserve.api.status.VersionStatus;

/// A version of a service as `serve status -v` and the history show it.
///
/// @param change one line: what made it, for example `up`, `update`, `rollback to 1`
/// @param yaml the service file, secrets masked
public record VersionView(
    String service,
    int version,
    VersionStatus status,
    String reason,
    String change,
    long createdAtMillis,
    String yaml) {}
