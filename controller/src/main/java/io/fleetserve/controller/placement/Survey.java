package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.placement.Placement.Known;
import io.fleetserve.provider.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every offer that fits a wish, in the order of choice, for people who ask what was compared.
///
/// @param offers best first, blocked ones too
/// @param reasons why other candidates and offers do not fit
public record Survey(List<Compared> offers, List<String> reasons) {
  public Survey {
    offers = List.copyOf(offers);
    reasons = List.copyOf(reasons);
  }

  /// An offer beside the others.
  ///
  /// @param first it meets the first candidate that is offered; always true without `ordered`
  /// @param block why it is not asked for now
  public record Compared(Offer offer, boolean first, Optional<Block> block) {
    /// Whether a replica may go there now.
    public boolean open() {
      return first && block.isEmpty();
    }
  }

  /// Compares candidates with their offers; see [Placement#choose].
  public static Survey of(ServiceSpec spec, Wish wish, List<Candidate> candidates, Known known) {
    List<String> reasons = new ArrayList<>();
    List<Placement.Fit> fits = Placement.fits(spec, wish, candidates, known.sites(), reasons);
    int best = Placement.bestRank(fits, known);
    return new Survey(
        fits.stream()
            .map(fit ->
                new Compared(
                    fit.offer(),
                    fit.rank() == best,
                    known.blocks().against(fit.offer(), known.now())))
            .toList(),
        reasons.stream().distinct().toList());
  }
}
