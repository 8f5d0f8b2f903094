package io.fleetserve.controller.placement;

import io.fleetserve.provider.Offer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `infra:` as a pattern over provider, region and zone: `aws`, `aws/us-east-1`, `*/us-east-1/*`. A
/// part that is `*`, empty or left out fits everything; case does not matter.
///
/// @param parts at most three
record InfraPattern(List<String> parts) {
  InfraPattern {
    parts = List.copyOf(parts);
  }

  /// @param infra null fits everything
  static InfraPattern of(@Nullable String infra) {
    return new InfraPattern(
        infra == null
            ? List.of()
            : List.of(infra.strip().toLowerCase(Locale.ROOT).split("\\s*/\\s*", 3)));
  }

  boolean fits(Offer offer) {
    return fits(0, offer.provider()) && fits(1, offer.region()) && fits(2, offer.zone());
  }

  /// Whether anything of the provider may fit.
  boolean mayFit(String provider) {
    return fits(0, provider);
  }

  private boolean fits(int index, @Nullable String name) {
    if (index >= parts.size() || parts.get(index).equals("*") || parts.get(index).isEmpty()) {
      return true;
    }
    return name != null && parts.get(index).equals(name.toLowerCase(Locale.ROOT));
  }
}
