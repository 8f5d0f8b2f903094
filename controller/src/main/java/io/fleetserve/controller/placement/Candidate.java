package io.fleetserve.controller.placement;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.Offer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One entry of `resources:` with what the providers said to it.
///
/// @param offers of every provider asked, each provider's best first
/// @param rejections why providers cannot meet it
/// @param pending why others cannot meet it now and may later: they are full or away, or have not
///   answered; null, as in decisions recorded without it, is none
public record Candidate(
    Resources resources,
    List<Offer> offers,
    List<String> rejections,
    @Nullable List<String> pending) {
  public Candidate {
    offers = List.copyOf(offers);
    rejections = List.copyOf(rejections);
    pending = pending == null ? List.of() : List.copyOf(pending);
  }

  /// One with nothing pending.
  public Candidate(Resources resources, List<Offer> offers, List<String> rejections) {
    this(resources, offers, rejections, List.of());
  }

  /// Never null.
  @Override
  public List<String> pending() {
    return pending == null ? List.of() : pending;
  }
}
