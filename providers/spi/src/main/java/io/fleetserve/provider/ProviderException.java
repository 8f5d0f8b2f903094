package io.fleetserve.provider;

/// Broken I/O or a bug in a provider; names the call and the instance.
public final class ProviderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProviderException(String message, Throwable cause) {
    super(message, cause);
  }
}
