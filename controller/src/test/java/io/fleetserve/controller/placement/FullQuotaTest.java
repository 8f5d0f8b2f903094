package io.fleetserve.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// D.B-19: a region whose quota is full is left for another one, and is not asked again and again.
final class FullQuotaTest {
  private static final List<Site> CLOUD =
      List.of(
          new Site(
              "aws", new Capabilities(false, false, false, true, Duration.ZERO, Duration.ZERO)));
  private static final int SECONDS = 3600;
  private static final int WANTED = 20;

  private final Map<String, Integer> calls = new TreeMap<>();
  private int placed;

  @Test
  void replicasGoToTheRegionThatHasRoom() {
    live(Set.of("east"), "east", "west");

    assertThat(placed).isEqualTo(WANTED);
    assertThat(calls).containsEntry("west", WANTED);
    assertThat(calls.get("east")).isEqualTo(1);
  }

  @Test
  void fullRegionsAreAskedLessThanTwiceAMinute() {
    live(Set.of("east", "west"), "east", "west");

    assertThat(placed).isZero();
    assertThat(calls.values()).allMatch(count -> count <= SECONDS / 30);
    assertThat(calls).containsKeys("east", "west");
  }

  /// Each second another replica is asked for until there are enough; the first region is cheapest.
  private void live(Set<String> full, String... regions) {
    ServiceSpec spec = Specs.fixed(WANTED).build();
    List<Offer> offers =
        Stream.of(regions)
            .map(region ->
                new Offer("aws", region, region + "-a", "gpu", "1 GPU", region.length(), false))
            .toList();
    Blocks blocks = Blocks.NONE;
    for (int second = 0; second < SECONDS && placed < WANTED; second++) {
      Instant now = VirtualClock.EPOCH.plusSeconds(second);
      Placed choice =
          Placement.choose(
              spec,
              Wish.of(spec),
              List.of(new Candidate(Specs.resources(), offers, List.of())),
              new Placement.Known(CLOUD, blocks.at(now), Set.of(), now));
      if (choice instanceof Placed.On on) {
        calls.merge(on.offer().region(), 1, Integer::sum);
        if (full.contains(on.offer().region())) {
          blocks =
              blocks.with(
                  on.offer(),
                  new ProviderError(Category.QUOTA_EXCEEDED, null, null, "no quota"),
                  now);
        } else {
          placed++;
        }
      } else {
        assertThat(choice.reasons()).as("says why").isNotEmpty();
      }
    }
  }
}
