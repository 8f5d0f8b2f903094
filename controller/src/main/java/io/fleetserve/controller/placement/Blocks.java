package io.fleetserve.controller.placement;

import io.fleetserve.controller.placement.Block.Scope;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What providers have said no to, so that they are not asked the same again too soon. Immutable.
///
/// | said | covers | for |
/// | --- | --- | --- |
/// | no capacity, on demand | the type in the zone | 1 h |
/// | quota exceeded | the type in the region, that market | 10 min |
/// | rate limited | the region | 30 s |
/// | no money | the provider | 1 h |
/// | bad credentials | the provider | until the controller starts again |
///
/// `retryAfter` of the error wins over the time; its scope wins over what is covered when it is the
/// name of the offer's zone, region, type or provider. Want of spot capacity blocks nothing: the
/// mix policies remember it. Other errors block nothing either.
///
/// @param all in the order they came, one per scope
public record Blocks(List<Block> all) {
  public static final Blocks NONE = new Blocks(List.of());

  private static final Duration CAPACITY = Duration.ofHours(1);
  private static final Duration QUOTA = Duration.ofMinutes(10);
  private static final Duration BILLING = Duration.ofHours(1);
  private static final Duration RATE = Duration.ofSeconds(30);

  public Blocks {
    all = List.copyOf(all);
  }

  /// Why an offer is not to be asked for now: the block that lasts longest.
  public Optional<Block> against(Offer offer, Instant now) {
    return all.stream()
        .filter(block -> !block.over(now) && block.scope().covers(offer))
        .max(Comparator.comparing(Blocks::end));
  }

  /// These, and what the error about `offer` means.
  public Blocks with(Offer offer, ProviderError error, Instant now) {
    Optional<Block> fresh = blockOf(offer, error, now);
    if (fresh.isEmpty()) {
      return this;
    }
    List<Block> next = new ArrayList<>(at(now).all());
    next.removeIf(old -> old.scope().equals(fresh.get().scope()));
    next.add(fresh.get());
    return new Blocks(next);
  }

  /// These and others.
  public Blocks and(List<Block> more) {
    return more.isEmpty() ? this : new Blocks(Stream.concat(all.stream(), more.stream()).toList());
  }

  /// Without those that are over.
  public Blocks at(Instant now) {
    return new Blocks(all.stream().filter(block -> !block.over(now)).toList());
  }

  /// Those that outlive the controller's process.
  public Blocks lasting() {
    return new Blocks(all.stream().filter(block -> block.until() != null).toList());
  }

  /// When a block ends; far away for one that lasts.
  static Instant end(Block block) {
    Instant until = block.until();
    return until == null ? Instant.MAX : until;
  }

  private static Optional<Block> blockOf(Offer offer, ProviderError error, Instant now) {
    return switch (error.category()) {
      case CAPACITY_UNAVAILABLE ->
          offer.spot()
              ? Optional.empty()
              : Optional.of(
                  block(
                      new Scope(
                          offer.provider(),
                          offer.region(),
                          offer.zone(),
                          offer.instanceType(),
                          false),
                      offer,
                      error,
                      CAPACITY,
                      now));
      case QUOTA_EXCEEDED ->
          Optional.of(
              block(
                  new Scope(
                      offer.provider(), offer.region(), null, offer.instanceType(), offer.spot()),
                  offer,
                  error,
                  QUOTA,
                  now));
      case RATE_LIMITED ->
          Optional.of(
              block(
                  new Scope(offer.provider(), offer.region(), null, null, null),
                  offer,
                  error,
                  RATE,
                  now));
      case BILLING_BLOCKED -> Optional.of(block(whole(offer), offer, error, BILLING, now));
      case AUTH_FAILED ->
          Optional.of(
              new Block(
                  named(whole(offer), offer, error.scope()),
                  error.category(),
                  null,
                  error.message()));
      case INVALID_REQUEST, TRANSIENT, OUTCOME_UNKNOWN -> Optional.empty();
    };
  }

  private static Scope whole(Offer offer) {
    return new Scope(offer.provider(), null, null, null, null);
  }

  private static Block block(
      Scope usual, Offer offer, ProviderError error, Duration time, Instant now) {
    Duration wait = error.retryAfter() == null ? time : error.retryAfter();
    return new Block(
        named(usual, offer, error.scope()), error.category(), now.plus(wait), error.message());
  }

  private static Scope named(Scope usual, Offer offer, @Nullable String name) {
    if (name == null) {
      return usual;
    }
    String type = usual.instanceType();
    Boolean spot = usual.spot();
    if (name.equals(offer.zone())) {
      return new Scope(offer.provider(), offer.region(), offer.zone(), type, spot);
    }
    if (name.equals(offer.region())) {
      return new Scope(offer.provider(), offer.region(), null, type, spot);
    }
    if (name.equals(offer.instanceType())) {
      return new Scope(offer.provider(), null, null, offer.instanceType(), spot);
    }
    return name.equals(offer.provider()) ? whole(offer) : usual;
  }
}
