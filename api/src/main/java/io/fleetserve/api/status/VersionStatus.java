package io.fleetserve.api.status;

/// State of one version of a service.
public enum VersionStatus {
  /// Stored, not rolled out yet.
  PENDING,
  /// Its replicas are being started or take over.
  ROLLING_OUT,
  /// Serves; older versions are gone.
  ACTIVE,
  /// Never became ready; the previous active version keeps serving. The reason says why.
  FAILED,
  /// Replaced by a newer version or by a rollback.
  RETIRED
}
