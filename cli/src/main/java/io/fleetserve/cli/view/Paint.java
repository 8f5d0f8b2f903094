package io.fleetserve.cli.view;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.ServiceStatus;

/// Colours of states.
public enum Paint {
  /// Text as it is.
  NONE,
  /// ANSI escape sequences (ECMA-48 8.3.117, SGR).
  ANSI;

  private static final int GREEN = 32;
  private static final int RED = 31;
  private static final int YELLOW = 33;
  private static final int BOLD = 1;

  /// Colours the status of a service.
  ///
  /// @param text what stands for the status, padded or not
  public String status(ServiceStatus status, String text) {
    return switch (status) {
      case READY -> sgr(GREEN, text);
      case FAILED, CONTROLLER_FAILED, FAILED_CLEANUP -> sgr(RED, text);
      case CONTROLLER_INIT, REPLICA_INIT, SHUTTING_DOWN -> sgr(YELLOW, text);
      case NO_REPLICA -> text;
    };
  }

  /// Colours the status of a replica.
  ///
  /// @param text what stands for the status, padded or not
  public String status(ReplicaStatus status, String text) {
    if (status == ReplicaStatus.READY) {
      return sgr(GREEN, text);
    }
    return sgr(status.isFailed() ? RED : YELLOW, text);
  }

  public String bold(String text) {
    return sgr(BOLD, text);
  }

  public String error(String text) {
    return sgr(RED, text);
  }

  private String sgr(int code, String text) {
    return this == NONE ? text : "\033[" + code + "m" + text + "\033[0m";
  }
}
