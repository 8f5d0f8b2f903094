package io.fleetserve.controller.model;

import java.util.Locale;

/// Everything that can happen, for people: the closed set of event types.
public enum EventType {
  SERVICE_CREATED,
  SERVICE_UPDATED,
  SERVICE_ROLLED_BACK,
  SERVICE_READY,
  SERVICE_FAILED,
  SERVICE_SCALED_TO_ZERO,
  SERVICE_ENDING,
  SERVICE_ENDED,
  VERSION_ACTIVE,
  VERSION_FAILED,
  SCALE_UP,
  SCALE_DOWN,
  WAKE,
  METRIC_LOST,
  METRIC_FOUND,
  REPLICA_LAUNCHED,
  REPLICA_READY,
  REPLICA_NOT_READY,
  REPLICA_DRAINING,
  REPLICA_STOPPED,
  REPLICA_FAILED,
  REPLICA_NOTICED,
  REPLICA_PREEMPTED,
  MIX_CHANGED,
  REPLICA_ADOPTED,
  REPLICA_LOST,
  CLEANUP_FAILED,
  AGENT_JOINED,
  AGENT_REFUSED,
  AGENT_REVOKED,
  CONTROLLER_STARTED,
  LOAD_BALANCER_STARTED,
  LOAD_BALANCER_LOST,
  LISTEN_FAILED;

  private final String wireName;

  EventType() {
    StringBuilder camel = new StringBuilder();
    for (String word : name().split("_", -1)) {
      camel.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    wireName = camel.toString();
  }

  /// The name in `EventView`, for example `ReplicaReady`.
  public String wireName() {
    return wireName;
  }
}
