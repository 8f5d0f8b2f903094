package io.fleetserve.benchmarks.load.wire;

import org.jspecify.annotations.Nullable;

/// One line from the client: counting begins, counting ended, or why the order failed.
///
/// @param outcome with END only
/// @param reason with FAILED only
public record Signal(Type type, @Nullable Outcome outcome, @Nullable String reason) {

  /// BEGIN and END are sent at the moment they name, so that the reader can sample CPU time.
  public enum Type {
    READY,
    BEGIN,
    END,
    RESULT,
    FAILED
  }

  public static Signal of(Type type) {
    return new Signal(type, null, null);
  }

  public static Signal result(Outcome outcome) {
    return new Signal(Type.RESULT, outcome, null);
  }

  public static Signal failed(String reason) {
    return new Signal(Type.FAILED, null, reason);
  }
}
