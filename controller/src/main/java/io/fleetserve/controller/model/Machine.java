package io.fleetserve.controller.model;

import io.fleetserve.provider.Offer;
import java.time.Instant;
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
    @Nullable Instant noticedAt) {
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
    this(provider, region, zone, instanceType, offer, hourlyPrice, spot, accelerator, null, null);
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

  public Machine withPreemptionAt(Instant at, Instant known) {
    return new Machine(
        provider, region, zone, instanceType, offer, hourlyPrice, spot, accelerator, at, known);
  }

  /// True when it is asked for or made: false before placement.
  public boolean placed() {
    return !provider.isEmpty();
  }

  /// True when the provider has announced that it takes it back.
  public boolean leaving() {
    return preemptionAt != null;
  }

  /// As in `infra:`, for example `aws/us-east-1/us-east-1a`.
  public String place() {
    return provider + (region == null ? "" : "/" + region) + (zone == null ? "" : "/" + zone);
  }
}
