package io.fleetserve.api.wire;

/// One thing that happened to a service, for people. Stored; `serve events` prints it.
///
/// @param sequence grows over the whole installation; use it to resume
/// @param replicaId 0 when the event is about the service
/// @param type upper camel case, closed set, for example `ReplicaReady`
/// @param message one line with the reason
public record EventView(
    long sequence,
    long timeMillis,
    String service,
    int version,
    int replicaId,
    Severity severity,
    String type,
    String message) {
  public enum Severity {
    INFO,
    WARNING,
    ERROR
  }
}
