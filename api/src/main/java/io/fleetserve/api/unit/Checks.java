package io.fleetserve.api.unit;

/// Argument checks with one grammar: `name: value (expected: rule)`. Thread-safe: stateless.
public final class Checks {
  private Checks() {}

  /// Returns `value` if `ok`, else throws an [IllegalArgumentException] `name: value (expected:
  /// rule)`.
  public static <T> T check(boolean ok, String name, T value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
    }
    return value;
  }
}
