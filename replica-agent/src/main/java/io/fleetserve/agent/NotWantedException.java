package io.fleetserve.agent;

import java.io.IOException;

/// The controller wants nothing of this agent: it is to end what it runs.
final class NotWantedException extends IOException {
  private static final long serialVersionUID = 1L;

  NotWantedException(String message) {
    super(message);
  }
}
