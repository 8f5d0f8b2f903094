package io.fleetserve.provider.transport;

import java.io.IOException;

/// Nothing of the request has left: whatever it asked for was not done, for sure.
public final class NotSentException extends IOException {
  private static final long serialVersionUID = 1L;

  public NotSentException(String message, Throwable cause) {
    super(message, cause);
  }
}
