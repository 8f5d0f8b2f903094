package io.fleetserve.controller.model;

import org.jspecify.annotations.Nullable;

/// Where a replica runs and what that costs.
///
/// @param provider name as in `infra:`; empty before placement
/// @param offer for people, for example `2 CPUs, 23 GiB`; empty before placement
/// @param hourlyPrice dollars, 0 = free
/// @param accelerator first accelerator with its count, for example `H100:1`; null means none
public record Machine(
    String provider, String offer, double hourlyPrice, boolean spot, @Nullable String accelerator) {
  /// Not placed yet.
  public static final Machine NONE = new Machine("", "", 0, false, null);
}
