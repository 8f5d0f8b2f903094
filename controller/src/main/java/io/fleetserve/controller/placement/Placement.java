package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.provider.Offer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// Chooses where a replica goes: with `ordered` the first candidate that can be met, else the
/// cheapest offer of all; equal prices keep the file's order.
public final class Placement {
  private Placement() {}

  /// Where the next replica goes.
  ///
  /// @param candidates one per entry of the spec's `resources`, in its order
  /// @param sharedHost the providers' replicas share one machine's ports
  public static Placed choose(ServiceSpec spec, List<Candidate> candidates, boolean sharedHost) {
    List<String> unsupported = Unsupported.of(spec, sharedHost);
    if (!unsupported.isEmpty()) {
      return new Placed.Refused(unsupported);
    }
    List<String> reasons = new ArrayList<>();
    List<Placed.On> possible = new ArrayList<>();
    for (Candidate candidate : candidates) {
      List<String> against = Unsupported.of(candidate.resources());
      if (!against.isEmpty()) {
        reasons.addAll(against);
        continue;
      }
      reasons.addAll(candidate.rejections());
      for (Offer offer : candidate.offers()) {
        if (affordable(candidate.resources(), offer, reasons)) {
          possible.add(new Placed.On(candidate.resources(), offer, List.of()));
        }
      }
    }
    if (possible.isEmpty()) {
      return new Placed.Refused(
          reasons.isEmpty()
              ? List.of("resources: no provider is enabled; enable one in config.yaml")
              : reasons.stream().distinct().toList());
    }
    return spec.resourcesOrdered()
        ? chosen(possible.getFirst(), reasons, "the first of the ordered candidates that fits")
        : chosen(
            possible.stream()
                .min(Comparator.comparingDouble(on -> on.offer().hourlyPrice()))
                .orElseThrow(),
            reasons,
            "the cheapest of " + possible.size() + " offers");
  }

  private static boolean affordable(Resources resources, Offer offer, List<String> reasons) {
    Double limit = resources.maxHourlyCost();
    if (limit == null || offer.hourlyPrice() <= limit) {
      return true;
    }
    reasons.add(
        "resources.max_hourly_cost: %s: %s %s costs %s an hour"
            .formatted(
                money(limit), offer.provider(), offer.instanceType(), money(offer.hourlyPrice())));
    return false;
  }

  private static Placed.On chosen(Placed.On on, List<String> against, String why) {
    List<String> reasons = new ArrayList<>(against);
    reasons.add(
        "%s, %s at %s an hour: %s"
            .formatted(
                on.offer().provider(),
                on.offer().description(),
                money(on.offer().hourlyPrice()),
                why));
    new TreeSet<>(on.resources().other().keySet())
        .forEach(key ->
            reasons.add(
                "resources.%s: has no meaning for %s, not used"
                    .formatted(key, on.offer().provider())));
    return new Placed.On(on.resources(), on.offer(), reasons.stream().distinct().toList());
  }

  private static String money(double dollars) {
    return String.format(Locale.ROOT, "$%.2f", dollars);
  }
}
