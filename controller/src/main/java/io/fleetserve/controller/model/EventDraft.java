package io.fleetserve.controller.model;

import io.fleetserve.api.wire.EventView.Severity;

/// An event before the store gives it a sequence number and a time.
///
/// @param version 0 when the event is about no version
/// @param replicaId 0 when the event is about the service
/// @param message one line with the reason and its numbers
public record EventDraft(
    EventType type, Severity severity, int version, int replicaId, String message) {
  /// About one replica.
  public static EventDraft of(EventType type, Severity severity, Replica replica, String message) {
    return new EventDraft(type, severity, replica.version(), replica.id(), message);
  }

  /// About the service, for information.
  public static EventDraft info(EventType type, int version, String message) {
    return new EventDraft(type, Severity.INFO, version, 0, message);
  }
}
