package io.fleetserve.controller.store;

/// The store could not read or write. Nothing of the failed transaction was kept.
public abstract sealed class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /// No space is left: works again once there is some.
  public static final class DiskFull extends StoreException {
    private static final long serialVersionUID = 1L;

    DiskFull(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// The file or its folder cannot be written.
  public static final class ReadOnly extends StoreException {
    private static final long serialVersionUID = 1L;

    ReadOnly(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// Anything else: a damaged file, a bug.
  public static final class Failed extends StoreException {
    private static final long serialVersionUID = 1L;

    Failed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
