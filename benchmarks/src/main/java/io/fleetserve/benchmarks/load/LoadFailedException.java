package io.fleetserve.benchmarks.load;

/// One measurement could not be made; the others go on.
final class LoadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadFailedException(String message) {
    super(message);
  }
}
