package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Chooses where a replica goes: with `ordered` the first candidate that can be met, else any of
/// them; of its offers the cheapest, equal prices in the order they came.
///
/// Blocked offers are passed over. When want of capacity, or a provider that does not answer,
/// blocks all that is left, the one whose block ends first is asked all the same: a shortage slows
/// launches, it does not end them.
public final class Placement {
  /// Blocks that are no reason to ask nobody.
  private static final Set<ProviderError.Category> PASSES =
      Set.of(ProviderError.Category.CAPACITY_UNAVAILABLE, ProviderError.Category.TRANSIENT);

  private Placement() {}

  /// What is known beside the file and the offers.
  ///
  /// @param sites the providers that are switched on
  /// @param tried offers that this launch has asked for in vain
  public record Known(List<Site> sites, Blocks blocks, Set<Offer> tried, Instant now) {
    public Known {
      sites = List.copyOf(sites);
      tried = Set.copyOf(tried);
    }
  }

  /// An offer that fits, with the candidate it meets.
  ///
  /// @param rank of the candidate in the file, from 0
  record Fit(int rank, Resources resources, Offer offer) {}

  /// Where a replica goes.
  ///
  /// @param candidates one per entry of the spec's `resources`, in its order, with the offers of
  ///   the wished market
  public static Placed choose(
      ServiceSpec spec, Wish wish, List<Candidate> candidates, Known known) {
    List<String> unsupported = Unsupported.of(spec, known.sites());
    if (!unsupported.isEmpty()) {
      return new Placed.Refused(unsupported);
    }
    List<String> reasons = new ArrayList<>();
    List<Fit> fits = fits(spec, wish, candidates, known.sites(), reasons);
    if (fits.isEmpty() && candidates.stream().anyMatch(each -> !each.pending().isEmpty())) {
      return new Placed.Exhausted(reasons.stream().distinct().toList());
    }
    if (fits.isEmpty()) {
      return new Placed.Refused(
          reasons.isEmpty() ? List.of(nothing(wish)) : reasons.stream().distinct().toList());
    }
    List<Fit> open = new ArrayList<>();
    List<Fit> scarce = new ArrayList<>();
    for (Fit fit : fits) {
      Optional<Block> block = known.blocks().against(fit.offer(), known.now());
      if (known.tried().contains(fit.offer())) {
        reasons.add(name(fit.offer()) + ": asked in vain");
      } else if (block.isEmpty()) {
        open.add(fit);
      } else {
        reasons.add(block.get().toString());
        if (PASSES.contains(block.get().category())) {
          scarce.add(fit);
        }
      }
    }
    if (!open.isEmpty()) {
      return chosen(open.getFirst(), reasons, why(spec, open));
    }
    return scarce.stream()
        .min(Comparator.comparing(fit -> end(fit, known)))
        .<Placed>map(fit -> chosen(fit, reasons, "nothing else is left, its block ends first"))
        .orElseGet(() -> new Placed.Exhausted(reasons.stream().distinct().toList()));
  }

  /// Whether a provider may have anything for a candidate, by its `infra`.
  public static boolean mayFit(Resources resources, String provider) {
    return InfraPattern.of(resources.infra()).mayFit(provider);
  }

  /// Every offer that fits, best first: blocked ones too.
  static List<Fit> fits(
      ServiceSpec spec,
      Wish wish,
      List<Candidate> candidates,
      List<Site> sites,
      List<String> reasons) {
    List<Fit> fits = new ArrayList<>();
    for (int rank = 0; rank < candidates.size(); rank++) {
      Candidate candidate = candidates.get(rank);
      List<String> against = Unsupported.of(candidate.resources(), wish, sites);
      if (!against.isEmpty()) {
        reasons.addAll(against);
        continue;
      }
      reasons.addAll(candidate.rejections());
      reasons.addAll(candidate.pending());
      InfraPattern infra = InfraPattern.of(candidate.resources().infra());
      for (Offer offer : candidate.offers()) {
        if (infra.fits(offer)
            && wish.accepts(offer)
            && affordable(candidate.resources(), offer, reasons)) {
          fits.add(new Fit(spec.resourcesOrdered() ? rank : 0, candidate.resources(), offer));
        }
      }
    }
    fits.sort(
        Comparator.comparingInt(Fit::rank).thenComparingDouble(fit -> fit.offer().hourlyPrice()));
    return fits;
  }

  /// The rank of the first offer that is not blocked, else of the first.
  static int bestRank(List<Fit> fits, Known known) {
    return fits.stream()
        .filter(fit -> known.blocks().against(fit.offer(), known.now()).isEmpty())
        .findFirst()
        .or(() -> fits.stream().findFirst())
        .map(Fit::rank)
        .orElse(0);
  }

  private static Instant end(Fit fit, Known known) {
    return known.blocks().against(fit.offer(), known.now()).map(Blocks::end).orElse(known.now());
  }

  private static String nothing(Wish wish) {
    return wish.only() == null
        ? "resources: no provider is enabled; enable one in config.yaml"
        : "resources: nothing is offered for " + wish;
  }

  private static String why(ServiceSpec spec, List<Fit> open) {
    return spec.resourcesOrdered()
        ? "the first of the ordered candidates that fits"
        : "the cheapest of " + open.size() + (open.size() == 1 ? " offer" : " offers");
  }

  private static boolean affordable(Resources resources, Offer offer, List<String> reasons) {
    Double limit = resources.maxHourlyCost();
    if (limit == null || offer.hourlyPrice() <= limit) {
      return true;
    }
    reasons.add(
        "resources.max_hourly_cost: %s: %s costs %s an hour"
            .formatted(money(limit), name(offer), money(offer.hourlyPrice())));
    return false;
  }

  private static Placed.On chosen(Fit fit, List<String> against, String why) {
    List<String> reasons = new ArrayList<>(against);
    Offer offer = fit.offer();
    reasons.add(
        "%s, %s at %s an hour: %s"
            .formatted(
                Zones.of(offer) + (offer.spot() ? " spot" : ""),
                offer.description(),
                money(offer.hourlyPrice()),
                why));
    new TreeSet<>(fit.resources().other().keySet())
        .forEach(key ->
            reasons.add(
                "resources.%s: has no meaning for %s, not used".formatted(key, offer.provider())));
    return new Placed.On(fit.resources(), offer, reasons.stream().distinct().toList());
  }

  private static String name(Offer offer) {
    return Zones.of(offer) + " " + offer.instanceType() + (offer.spot() ? " spot" : "");
  }

  private static String money(double dollars) {
    return String.format(Locale.ROOT, dollars < 0.1 && dollars > 0 ? "$%.4f" : "$%.2f", dollars);
  }
}
