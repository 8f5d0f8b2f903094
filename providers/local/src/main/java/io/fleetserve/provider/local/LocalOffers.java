package io.fleetserve.provider.local;

import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.host.MachineFit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether this machine fits a wish. Pure.
///
/// A replica gets a share of the machine, so an exact amount (`cpus: 4`) fits whatever has as much
/// or more. What other replicas use is not subtracted: the machine is shared, and limits hold each
/// replica to its own share.
record LocalOffers(Machine machine) {
  List<Offer> offers(OfferQuery query) {
    MachineFit fit = new MachineFit(machine.cpus(), machine.memoryBytes(), machine.accelerators());
    List<String> reasons =
        new ArrayList<>(
            Stream.of(
                    infra(query.resources().infra()),
                    nodes(query.numNodes()),
                    spot(query.resources().useSpot()),
                    instanceType(query.resources().instanceType()),
                    image(query.resources().imageId()))
                .flatMap(Optional::stream)
                .toList());
    reasons.addAll(fit.against(query.resources()));
    reasons.forEach(reason -> query.reject().accept("local: " + reason));
    return reasons.isEmpty()
        ? List.of(
            new Offer(LocalProvider.NAME, null, null, "this-machine", fit.description(), 0, false))
        : List.of();
  }

  private static Optional<String> infra(@Nullable String infra) {
    if (infra == null) {
      return Optional.empty();
    }
    String cloud = infra.split("/", 2)[0].strip().toLowerCase(Locale.ROOT);
    return unless(
        cloud.equals(LocalProvider.NAME) || cloud.equals("*") || cloud.isEmpty(),
        "infra is " + infra + " (expected: local)");
  }

  private static Optional<String> nodes(int nodes) {
    return unless(nodes == 1, "is one machine, num_nodes is " + nodes + " (expected: 1)");
  }

  private static Optional<String> spot(boolean wanted) {
    return unless(!wanted, "sells no spot instances (expected: use_spot: false)");
  }

  private static Optional<String> instanceType(@Nullable String type) {
    return unless(
        type == null, "has no instance types, instance_type is " + type + " (expected: none)");
  }

  private static Optional<String> image(@Nullable String image) {
    return unless(image == null, "runs no images, image_id is " + image + " (expected: none)");
  }

  private static Optional<String> unless(boolean ok, String reason) {
    return ok ? Optional.empty() : Optional.of(reason);
  }
}
