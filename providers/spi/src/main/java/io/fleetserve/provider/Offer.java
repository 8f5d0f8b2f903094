package io.fleetserve.provider;

import org.jspecify.annotations.Nullable;

/// One thing that can be created.
///
/// @param description for people, for example `2 CPUs, 23 GiB`
/// @param hourlyPrice dollars, 0 = free
/// @param region and zone: null where the provider has none
public record Offer(
    String provider,
    @Nullable String region,
    @Nullable String zone,
    String instanceType,
    String description,
    double hourlyPrice,
    boolean spot) {}
