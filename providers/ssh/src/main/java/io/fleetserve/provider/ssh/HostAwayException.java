package io.fleetserve.provider.ssh;

import java.io.IOException;

/// A host cannot be used now; the message is one line with the host, what happened and the fix.
final class HostAwayException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  HostAwayException(String message, boolean refused) {
    super(message);
    this.refused = refused;
  }

  HostAwayException(String message, Throwable cause) {
    super(message, cause);
    this.refused = false;
  }

  /// True when it will not help to try again: a key is missing, or not accepted.
  boolean refused() {
    return refused;
  }
}
