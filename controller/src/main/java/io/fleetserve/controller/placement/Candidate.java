package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.Offer;
import java.util.List;

/// One entry of `resources:` with what the providers said to it.
///
/// @param offers of every provider asked, each provider's best first
/// @param rejections why providers cannot meet it
public record Candidate(Resources resources, List<Offer> offers, List<String> rejections) {
  public Candidate {
    offers = List.copyOf(offers);
    rejections = List.copyOf(rejections);
  }
}
