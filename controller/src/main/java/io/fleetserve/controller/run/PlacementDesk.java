package io.fleetserve.controller.run;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.placement.Candidate;
import io.fleetserve.controller.placement.Placed;
import io.fleetserve.controller.placement.Placement;
import io.fleetserve.provider.InstanceProvider;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Asks the providers what they offer and lets the placement rules choose. Thread-safe.
///
/// A choice is kept for half a minute, so that a service that wakes up does not wait for a price
/// list; a refusal is not kept.
public final class PlacementDesk {
  private static final Duration KEPT = Duration.ofSeconds(30);

  private record Kept(Placed.On choice, Instant at) {}

  private final Providers providers;
  private final Clock clock;
  private final Map<ServiceSpec, Kept> kept = new ConcurrentHashMap<>();

  public PlacementDesk(Providers providers, Clock clock) {
    this.providers = providers;
    this.clock = clock;
  }

  /// Where a replica of the spec goes.
  public Placed choose(ServiceSpec spec) {
    Instant now = clock.instant();
    kept.values().removeIf(old -> old.at().plus(KEPT).isBefore(now));
    Kept known = kept.get(spec);
    if (known != null) {
      return known.choice();
    }
    Placed placed = Placement.choose(spec, candidates(spec), sharedHost());
    if (placed instanceof Placed.On on) {
      kept.put(spec, new Kept(on, now));
    }
    return placed;
  }

  /// Forgets what was chosen: the provider said no.
  void reconsider(ServiceSpec spec) {
    kept.remove(spec);
  }

  /// True when replicas share one machine's ports.
  boolean sharedHost() {
    return providers.all().stream().anyMatch(provider -> provider.capabilities().sharedHost());
  }

  private List<Candidate> candidates(ServiceSpec spec) {
    List<Candidate> all = new ArrayList<>();
    for (Resources resources : spec.resources()) {
      List<Offer> offers = new ArrayList<>();
      List<String> rejections = new ArrayList<>();
      for (InstanceProvider provider : providers.all()) {
        try {
          offers.addAll(
              provider.offers(new OfferQuery(resources, spec.numNodes(), rejections::add)));
        } catch (RuntimeException e) {
          rejections.add(provider.name() + ": " + e.getMessage());
        }
      }
      all.add(new Candidate(resources, offers, rejections));
    }
    return all;
  }
}
