package io.fleetserve.api.spec;

import org.jspecify.annotations.Nullable;

/// A value that must not be seen: every printed form is `***`. Equality compares the values.
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /// The value itself: for the replica's environment and the store only.
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
