package io.fleetserve.provider.host;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.OfferQuery;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a machine of the user's own, where replicas are processes, cannot do whatever its size.
/// Pure.
public final class OwnMachine {
  private OwnMachine() {}

  /// One sentence per part of the wish that cannot be met; empty when only the size decides.
  public static List<String> against(OfferQuery query) {
    Resources wish = query.resources();
    return Stream.of(
            unless(
                query.numNodes() == 1,
                "runs a replica on one machine, num_nodes is "
                    + query.numNodes()
                    + " (expected: 1)"),
            unless(!wish.useSpot(), "sells no spot instances (expected: use_spot: false)"),
            unless(
                wish.instanceType() == null,
                "has no instance types, instance_type is "
                    + wish.instanceType()
                    + " (expected: none)"),
            unless(
                wish.imageId() == null,
                "runs no images, image_id is " + wish.imageId() + " (expected: none)"))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> unless(boolean ok, String reason) {
    return ok ? Optional.empty() : Optional.of(reason);
  }
}
