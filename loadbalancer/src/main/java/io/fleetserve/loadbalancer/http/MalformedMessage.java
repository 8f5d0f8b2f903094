package io.fleetserve.loadbalancer.http;

/// A message that must not be forwarded. Carries no stack trace: it is an expected outcome of
/// parsing, and an attacker must not be able to make it expensive.
public final class MalformedMessage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// @param status answer for a request (400, 414, 431, 501 ...); 502 for a response
  /// @param reason constant phrase that is safe to show to the sender
  public MalformedMessage(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  /// Status code to answer with.
  public int status() {
    return status;
  }

  /// The reason phrase; never null.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
