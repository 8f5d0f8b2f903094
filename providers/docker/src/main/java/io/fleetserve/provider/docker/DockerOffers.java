package io.fleetserve.provider.docker;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.InfraPlace;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Whether the engine's machine fits a wish. Pure.
///
/// CPUs and memory that other replicas use are not subtracted: the machine is shared, and limits
/// hold each replica to its own share. Accelerators are handed out, so only free ones count.
///
/// @param machine with all of its accelerators
/// @param free accelerators that no container holds, model to number
/// @param local whether the machine's files can be used in containers
record DockerOffers(MachineFit machine, Map<String, Integer> free, boolean local, double price) {
  static final String IMAGE = "docker:";

  List<Offer> offers(OfferQuery query) {
    Resources wish = query.resources();
    List<String> reasons = new ArrayList<>();
    InfraPlace.elsewhere(wish.infra(), DockerProvider.NAME).ifPresent(reasons::add);
    if (query.numNodes() != 1) {
      reasons.add("is one machine, num_nodes is " + query.numNodes() + " (expected: 1)");
    }
    if (wish.useSpot()) {
      reasons.add("sells no spot instances (expected: use_spot: false)");
    }
    if (wish.instanceType() != null) {
      reasons.add("has no instance types, instance_type is " + wish.instanceType());
    }
    image(wish, reasons);
    reasons.addAll(machine.against(wish));
    reasons.forEach(reason -> query.reject().accept(DockerProvider.NAME + ": " + reason));
    MachineFit left = new MachineFit(machine.cpus(), machine.memoryBytes(), free);
    List<String> full = reasons.isEmpty() ? left.against(wish) : List.of();
    full.forEach(reason -> query.later().accept(DockerProvider.NAME + ": " + reason + " free"));
    return reasons.isEmpty() && full.isEmpty()
        ? List.of(
            new Offer(
                DockerProvider.NAME, null, null, "container", left.description(), price, false))
        : List.of();
  }

  private void image(Resources wish, List<String> reasons) {
    String image = wish.imageId();
    if (image == null && !local) {
      reasons.add(
          "is not this machine, so its files are no image (expected: image_id: docker:NAME)");
    }
    if (image != null && !(image.startsWith(IMAGE) && image.length() > IMAGE.length())) {
      reasons.add("image_id is " + image + " (expected: docker:NAME)");
    }
  }
}
