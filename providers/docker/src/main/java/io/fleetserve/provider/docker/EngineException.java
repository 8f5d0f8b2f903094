package io.fleetserve.provider.docker;

/// The engine answered with an error: what was asked for was not done.
final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// @param status of HTTP; 0 when the error came in the midst of a successful answer
  EngineException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
