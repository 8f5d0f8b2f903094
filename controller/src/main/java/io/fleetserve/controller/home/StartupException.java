package io.fleetserve.controller.home;

/// Why the controller cannot start: the message is one line for people, with the path or value and
/// the fix.
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartupException(String message) {
    super(message);
  }

  public StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
