package io.fleetserve.controller.placement;

import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Offers that are not asked for, until a time.
///
/// @param until null means until the controller starts again, when it reads its configuration anew
/// @param reason the provider's words
public record Block(
    Scope scope, ProviderError.Category category, @Nullable Instant until, String reason) {

  /// Which offers. A part that is null fits every offer of the provider.
  ///
  /// @param spot that market only; null means both
  public record Scope(
      String provider,
      @Nullable String region,
      @Nullable String zone,
      @Nullable String instanceType,
      @Nullable Boolean spot) {

    boolean covers(Offer offer) {
      return provider.equals(offer.provider())
          && (region == null || region.equals(offer.region()))
          && (zone == null || zone.equals(offer.zone()))
          && (instanceType == null || instanceType.equals(offer.instanceType()))
          && (spot == null || spot == offer.spot());
    }

    /// For example `aws/us-east-1 p5.48xlarge on demand`.
    @Override
    public String toString() {
      return provider
          + (region == null ? "" : "/" + region)
          + (zone == null ? "" : "/" + zone)
          + (instanceType == null ? "" : " " + instanceType)
          + (spot == null ? "" : spot ? " spot" : " on demand");
    }
  }

  boolean over(Instant now) {
    return until != null && !now.isBefore(until);
  }

  /// For reasons, for example `aws p5 spot: no capacity, not asked again before 10:00:00Z`.
  @Override
  public String toString() {
    return scope
        + ": "
        + reason
        + (until == null
            ? "; not asked again before the controller starts anew"
            : "; not asked again before " + until);
  }
}
