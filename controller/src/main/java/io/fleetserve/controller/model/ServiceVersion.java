package io.fleetserve.controller.model;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.api.status.VersionStatus;
import java.time.Instant;

/// One version of a service.
///
/// @param number from 1, grows by one
/// @param spec what `source` reads as
/// @param reason why the status is what it is
/// @param change one line: what made it, for example `up`, `update`, `rollback to 1`
/// @param mode how it replaces the version before
/// @param everReady a replica was ready under this version's own settings once
/// @param workdirDigest of the content of `workdir` and of local `file_mounts`; equal digests mean
///   equal content
public record ServiceVersion(
    String service,
    int number,
    ServiceSpec spec,
    SpecSource source,
    VersionStatus status,
    String reason,
    String change,
    Rollout.Mode mode,
    Instant createdAt,
    boolean everReady,
    String workdirDigest) {

  public ServiceVersion withStatus(VersionStatus next, String why) {
    return new ServiceVersion(
        service,
        number,
        spec,
        source,
        next,
        why,
        change,
        mode,
        createdAt,
        everReady,
        workdirDigest);
  }

  public ServiceVersion withEverReady() {
    return new ServiceVersion(
        service,
        number,
        spec,
        source,
        status,
        reason,
        change,
        mode,
        createdAt,
        true,
        workdirDigest);
  }
}
