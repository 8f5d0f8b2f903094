package io.fleetserve.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlocksTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Offer ASKED = offer("aws", "us-east-1", "a", "p5", false);
  private static final Offer OTHER_TYPE = offer("aws", "us-east-1", "a", "p4", false);
  private static final Offer OTHER_ZONE = offer("aws", "us-east-1", "b", "p5", false);
  private static final Offer OTHER_REGION = offer("aws", "us-west-2", "a", "p5", false);
  private static final Offer OTHER_MARKET = offer("aws", "us-east-1", "a", "p5", true);
  private static final Offer OTHER_PROVIDER = offer("gcp", "us-east-1", "a", "p5", false);

  @ParameterizedTest
  @CsvSource({
    // category, other type, other zone, other region, other market, seconds
    "CAPACITY_UNAVAILABLE, false, false, false, false, 3600",
    "QUOTA_EXCEEDED, false, true, false, false, 600",
    "RATE_LIMITED, true, true, false, true, 30",
    "BILLING_BLOCKED, true, true, true, true, 3600",
  })
  void eachErrorCoversItsScopeForItsTime(
      Category category, boolean type, boolean zone, boolean region, boolean market, int seconds) {
    Blocks blocks = Blocks.NONE.with(ASKED, error(category, null, null), NOW);

    Instant last = NOW.plusSeconds(seconds).minusMillis(1);
    assertThat(blocks.against(ASKED, last)).isPresent();
    assertThat(blocks.against(OTHER_TYPE, last).isPresent()).isEqualTo(type);
    assertThat(blocks.against(OTHER_ZONE, last).isPresent()).isEqualTo(zone);
    assertThat(blocks.against(OTHER_REGION, last).isPresent()).isEqualTo(region);
    assertThat(blocks.against(OTHER_MARKET, last).isPresent()).isEqualTo(market);
    assertThat(blocks.against(OTHER_PROVIDER, last)).isEmpty();
    assertThat(blocks.against(ASKED, NOW.plusSeconds(seconds))).isEmpty();
    assertThat(blocks.at(NOW.plusSeconds(seconds))).isEqualTo(Blocks.NONE);
  }

  @Test
  void badCredentialsBlockTheProviderUntilTheNextStart() {
    Blocks blocks = Blocks.NONE.with(ASKED, error(Category.AUTH_FAILED, null, null), NOW);

    assertThat(blocks.against(OTHER_REGION, NOW.plus(Duration.ofDays(3650)))).isPresent();
    assertThat(blocks.against(OTHER_PROVIDER, NOW)).isEmpty();
    assertThat(blocks.lasting()).isEqualTo(Blocks.NONE);
  }

  @ParameterizedTest
  @CsvSource({"INVALID_REQUEST", "TRANSIENT", "OUTCOME_UNKNOWN"})
  void whatSaysNothingAboutTheOfferBlocksNothing(Category category) {
    assertThat(Blocks.NONE.with(ASKED, error(category, null, null), NOW)).isEqualTo(Blocks.NONE);
  }

  @Test
  void rightsThatLackInOneZoneBlockThatZoneOnly() {
    Blocks blocks = Blocks.NONE.with(ASKED, error(Category.AUTH_FAILED, ASKED.zone(), null), NOW);

    assertThat(blocks.against(ASKED, NOW.plus(Duration.ofDays(99)))).isPresent();
    assertThat(blocks.against(OTHER_ZONE, NOW)).isEmpty();
  }

  @Test
  void wantOfSpotCapacityIsLeftToTheMixPolicies() {
    ProviderError error = error(Category.CAPACITY_UNAVAILABLE, null, null);

    assertThat(Blocks.NONE.with(OTHER_MARKET, error, NOW)).isEqualTo(Blocks.NONE);
  }

  @Test
  void theProvidersOwnWaitWins() {
    ProviderError error = error(Category.CAPACITY_UNAVAILABLE, null, Duration.ofHours(23));
    Blocks blocks = Blocks.NONE.with(ASKED, error, NOW);

    assertThat(blocks.against(ASKED, NOW.plus(Duration.ofHours(22)))).isPresent();
    assertThat(blocks.against(ASKED, NOW.plus(Duration.ofHours(23)))).isEmpty();
  }

  @Test
  void theProvidersOwnScopeWins() {
    assertThat(covered("us-east-1")).containsExactly(ASKED, OTHER_ZONE);
    assertThat(covered("p5")).containsExactly(ASKED, OTHER_ZONE, OTHER_REGION);
    assertThat(covered("aws"))
        .containsExactly(ASKED, OTHER_TYPE, OTHER_ZONE, OTHER_REGION, OTHER_MARKET);
    assertThat(covered("vCPU limit of the family")).containsExactly(ASKED);
  }

  private static List<Offer> covered(String scope) {
    Blocks blocks = Blocks.NONE.with(ASKED, error(Category.CAPACITY_UNAVAILABLE, scope, null), NOW);
    return List.of(ASKED, OTHER_TYPE, OTHER_ZONE, OTHER_REGION, OTHER_MARKET, OTHER_PROVIDER)
        .stream()
        .filter(offer -> blocks.against(offer, NOW).isPresent())
        .toList();
  }

  @Test
  void anErrorAgainReplacesItsBlockAndTheLongestCounts() {
    Blocks once = Blocks.NONE.with(ASKED, error(Category.CAPACITY_UNAVAILABLE, null, null), NOW);
    Blocks twice =
        once.with(ASKED, error(Category.CAPACITY_UNAVAILABLE, null, null), NOW.plusSeconds(100));
    Blocks more = twice.with(ASKED, error(Category.BILLING_BLOCKED, null, null), NOW);

    assertThat(twice.all()).hasSize(1);
    assertThat(more.against(ASKED, NOW).orElseThrow().category())
        .isEqualTo(Category.CAPACITY_UNAVAILABLE);
    assertThat(more.against(ASKED, NOW).orElseThrow())
        .hasToString(
            "aws/us-east-1/a p5 on demand: no; not asked again before 2026-11-01T11:01:40Z");
  }

  private static ProviderError error(
      Category category, @Nullable String scope, @Nullable Duration wait) {
    return new ProviderError(category, scope, wait, "no");
  }

  private static Offer offer(
      String provider, String region, String zone, String type, boolean spot) {
    return new Offer(provider, region, zone, type, type, 1, spot);
  }
}
