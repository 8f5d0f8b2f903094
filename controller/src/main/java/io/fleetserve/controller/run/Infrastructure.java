package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.wire.InfraView;
import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The places replicas can run, for people. Thread-safe.
final class Infrastructure {
  private static final Resources ANYTHING =
      new Resources(null, Map.of(), null, null, null, false, null, List.of(), null, Map.of());

  private final Providers providers;
  private final Services services;

  Infrastructure(Providers providers, Services services) {
    this.providers = providers;
    this.services = services;
  }

  List<InfraView> list() {
    List<InfraView> all = new ArrayList<>();
    providers.all().forEach(provider -> all.add(enabled(provider)));
    for (String name : providers.disabled()) {
      all.add(new InfraView(name, false, "switched off in config.yaml", "", replicas(name)));
    }
    return all;
  }

  private InfraView enabled(InstanceProvider provider) {
    List<String> rejections = new ArrayList<>();
    try {
      List<Offer> offers = provider.offers(new OfferQuery(ANYTHING, 1, rejections::add));
      return new InfraView(
          provider.name(),
          !offers.isEmpty(),
          String.join("; ", rejections),
          offers.isEmpty() ? "" : offers.getFirst().description(),
          replicas(provider.name()));
    } catch (RuntimeException e) {
      return new InfraView(
          provider.name(), false, String.valueOf(e.getMessage()), "", replicas(provider.name()));
    }
  }

  private int replicas(String provider) {
    return (int)
        services.list().stream()
            .map(ServiceView::replicas)
            .flatMap(List::stream)
            .filter(replica -> isOf(provider, replica.infra()) && replica.status().isAlive())
            .count();
  }

  private static boolean isOf(String provider, String infra) {
    return infra.equals(provider) || infra.startsWith(provider + "/");
  }
}
