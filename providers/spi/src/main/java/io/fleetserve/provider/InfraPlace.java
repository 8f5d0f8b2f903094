package io.fleetserve.provider;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an `infra:` of a service file means to a provider. Pure.
public final class InfraPlace {
  private InfraPlace() {}

  /// Why an `infra:` does not mean the place; empty when it does. `*` and what is not written mean
  /// anything, case does not matter.
  ///
  /// @param infra null means anything
  /// @param place provider, region, zone as far as the place has them
  public static Optional<String> elsewhere(@Nullable String infra, String... place) {
    String[] parts = infra == null ? new String[0] : infra.strip().split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].strip();
      if (!part.isEmpty() && !part.equals("*")) {
        if (i >= place.length || !part.equalsIgnoreCase(place[i])) {
          return Optional.of("infra is " + infra + " (expected: " + String.join("/", place) + ")");
        }
      }
    }
    return Optional.empty();
  }
}
