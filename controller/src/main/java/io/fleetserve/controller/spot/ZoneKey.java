package io.fleetserve.controller.spot;

import java.util.Comparator;

/// A place whose spot capacity comes and goes as one: a zone of a region of a provider.
///
/// @param provider for example `aws`
/// @param region "" where the provider has none
/// @param zone "" where the provider has none
public record ZoneKey(String provider, String region, String zone) implements Comparable<ZoneKey> {
  private static final Comparator<ZoneKey> ORDER =
      Comparator.comparing(ZoneKey::provider)
          .thenComparing(ZoneKey::region)
          .thenComparing(ZoneKey::zone);

  @Override
  public int compareTo(ZoneKey other) {
    return ORDER.compare(this, other);
  }

  /// True where what hits one is likely to hit the other too.
  public boolean sameRegion(ZoneKey other) {
    return provider.equals(other.provider) && region.equals(other.region);
  }

  /// As in `infra:`, for example `aws/us-east-1/us-east-1a`.
  @Override
  public String toString() {
    String text = provider + "/" + region + "/" + zone;
    return text.replaceAll("/+$", "");
  }
}
