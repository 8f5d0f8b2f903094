package io.fleetserve.controller.model;

import io.fleetserve.provider.Offer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a replica runs and what that costs.
///
/// @param provider name as in `infra:`; empty before placement
/// @param region and zone: null where the provider has none
/// @param instanceType the provider's word; empty before placement
/// @param offer for people, for example `2 CPUs, 23 GiB`; empty before placement
/// @param hourlyPrice dollars, 0 = free
/// @param spot the provider may take it back
/// @param accelerator first accelerator with its count, for example `H100:1`; null means none
/// @param preemptionAt when the provider takes it back, as it has announced; null before
/// @param noticedAt when that became known; null before
/// @param endsByItself it is not taken back then, its own time is over: no sign of want where it is
public record Machine(
    String provider,
    @Nullable String region,
    @Nullable String zone,
    String instanceType,
    String offer,
    double hourlyPrice,
    boolean spot,
    @Nullable String accelerator,
    @Nullable Instant preemptionAt,
    @Nullable Instant noticedAt,
    boolean endsByItself) {
  /// Not placed yet.
  public static final Machine NONE = new Machine("", null, null, "", "", 0, false, null);

  /// One that nothing is announced of.
  public Machine(
      String provider,
      @Nullable String region,
      @Nullable String zone,
      String instanceType,
      String offer,
      double hourlyPrice,
      boolean spot,
      @Nullable String accelerator) {
    this(
        provider,
        region,
        zone,
        instanceType,
        offer,
        hourlyPrice,
        spot,
        accelerator,
        null,
        null,
        false);
  }

  public Machine {
    // Rows written before there were types have none.
    instanceType = Objects.requireNonNullElse(instanceType, "");
  }

  public static Machine of(Offer offer, @Nullable String accelerator) {
    return new Machine(
        offer.provider(),
        offer.region(),
        offer.zone(),
        offer.instanceType(),
        offer.description(),
        offer.hourlyPrice(),
        offer.spot(),
        accelerator);
  }

  /// The same with an announcement.
  ///
  /// @param own it ends by itself
  public Machine withPreemptionAt(Instant at, Instant known, boolean own) {
    return new Machine(
        provider,
        region,
        zone,
        instanceType,
        offer,
        hourlyPrice,
        spot,
        accelerator,
        at,
        known,
        own);
  }

  /// True when it is asked for or made: false before placement.
  public boolean placed() {
    return !provider.isEmpty();
  }

  /// True when it is announced that it ends.
  public boolean leaving() {
    return preemptionAt != null;
  }

  /// Whether an announced end is to be acted upon: none was known, or this one is earlier.
  public boolean isNews(Instant end) {
    return preemptionAt == null || end.isBefore(preemptionAt);
  }

  /// True when it leaves because its provider wants it for others.
  public boolean takenBack() {
    return leaving() && !endsByItself;
  }

  /// What is announced, for example `the provider takes its machine back at 2026-11-01T08:00:00Z`.
  public String farewell() {
    return (endsByItself
            ? "its machine ends by itself at "
            : "the provider takes its machine back at ")
        + (preemptionAt == null ? "no time" : preemptionAt.truncatedTo(ChronoUnit.SECONDS));
  }

  /// As in `infra:`, for example `aws/us-east-1/us-east-1a`.
  public String place() {
    return provider + (region == null ? "" : "/" + region) + (zone == null ? "" : "/" + zone);
  }
}
