package io.fleetserve.controller.identity;

/// Why an agent gets no certificate; one line that names no secret.
public final class JoinRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JoinRefusedException(String reason) {
    super(reason);
  }
}
