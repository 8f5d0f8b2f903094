package io.fleetserve.api.status;

/// State of a service, in SkyServe's names, computed from its replicas and intents, never stored.
public enum ServiceStatus {
  /// Accepted; the controller has not reconciled it yet.
  CONTROLLER_INIT,
  /// Replicas are on their way, none is ready.
  REPLICA_INIT,
  /// At least one replica is ready.
  READY,
  /// No replica is ready and the last version's replicas failed; the reason says why.
  FAILED,
  /// No replica, and none wanted: scaled to zero. A request wakes the service.
  NO_REPLICA,
  /// `serve down` is going on.
  SHUTTING_DOWN,
  /// The controller cannot act for this service (for example its stored version is unreadable).
  CONTROLLER_FAILED,
  /// `serve down` could not prove that nothing is left; retried.
  FAILED_CLEANUP
}
