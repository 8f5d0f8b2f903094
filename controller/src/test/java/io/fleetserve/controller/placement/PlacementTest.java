package io.fleetserve.controller.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.FileMount;
import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.Workdir;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.spot.ZoneKey;
import io.fleetserve.provider.Capabilities;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.provider.ProviderError.Category;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PlacementTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Resources ANY = Specs.resources();
  private static final Site HERE =
      new Site("local", new Capabilities(false, true, false, false, Duration.ZERO, Duration.ZERO));
  private static final Site CLOUD =
      new Site("aws", new Capabilities(true, false, false, true, Duration.ZERO, Duration.ZERO));
  private static final List<Site> LOCAL = List.of(HERE);
  private static final List<Site> CLOUDS = List.of(HERE, CLOUD);

  @Test
  void cheapestOfAllCandidatesWins() {
    ServiceSpec spec = Specs.fixed(1).resources(false, ANY, ANY).build();

    Placed placed =
        choose(spec, candidate(ANY, offer("big", 3)), candidate(ANY, offer("small", 1)));

    assertThat(placed).isInstanceOf(Placed.On.class);
    assertThat(((Placed.On) placed).offer().instanceType()).isEqualTo("small");
    assertThat(placed.reasons()).last().asString().contains("$1.00", "cheapest of 2");
  }

  @Test
  void orderedCandidatesAreTriedInTheFilesOrder() {
    Resources cheap = with(null, false, null, 2.0);
    ServiceSpec spec = Specs.fixed(1).resources(true, cheap, ANY, ANY).build();

    Placed placed =
        choose(
            spec,
            candidate(cheap, offer("big", 3)),
            candidate(ANY, offer("large", 2.75), offer("medium", 2.5)),
            candidate(ANY, offer("small", 1)));

    assertThat(((Placed.On) placed).offer().instanceType()).isEqualTo("medium");
    assertThat(placed.reasons()).first().asString().contains("max_hourly_cost", "$2.00", "$3.00");
  }

  @Test
  void oneCandidateThatCannotRunHereLeavesTheOthers() {
    Resources aws = with("aws/us-east-1", false, null, null);
    ServiceSpec spec = Specs.fixed(1).resources(false, aws, ANY).build();

    Placed placed = choose(spec, candidate(aws), candidate(ANY, offer("here", 0)));

    assertThat(placed).isInstanceOf(Placed.On.class);
    assertThat(placed.reasons()).anyMatch(reason -> reason.contains("aws/us-east-1"));
  }

  @Test
  void whenNothingFitsEveryReasonIsGiven() {
    Resources aws = with("aws", false, null, null);
    ServiceSpec spec = Specs.fixed(1).resources(false, aws, ANY).build();

    Placed placed =
        choose(
            spec,
            candidate(aws),
            new Candidate(ANY, List.of(), List.of("local: has 2 CPUs (expected: >= 64)")));

    assertThat(placed).isInstanceOf(Placed.Refused.class);
    assertThat(placed.reasons())
        .anyMatch(reason -> reason.startsWith("resources.infra: aws (expected: local)"))
        .anyMatch(reason -> reason.contains("has 2 CPUs"));
  }

  @Test
  void infraNamesProvidersRegionsAndZonesWithWildcards() {
    Offer offer = new Offer("aws", "us-east-1", "us-east-1a", "p5", "8 H100", 1, false);

    for (String infra :
        new @Nullable String[] {
          null, "aws", "AWS/us-east-1", "aws/*/us-east-1a", "*/us-east-1/*", "*/*/us-east-1a", "*"
        }) {
      assertThat(InfraPattern.of(infra).fits(offer)).as("%s", infra).isTrue();
    }
    for (String infra : List.of("gcp", "aws/us-west-2", "aws/*/us-east-1b", "*/us-west-2")) {
      assertThat(InfraPattern.of(infra).fits(offer)).as("%s", infra).isFalse();
    }
    assertThat(InfraPattern.of("local/here").fits(offer("x", 0))).isFalse();
  }

  @Test
  void aProviderThatIsNotEnabledIsNamedBesideThoseThatAre() {
    assertThat(Unsupported.of(with("local", false, null, null), Wish.ON_DEMAND, LOCAL)).isEmpty();
    assertThat(Unsupported.of(with("*", false, null, null), Wish.ON_DEMAND, LOCAL)).isEmpty();
    assertThat(Unsupported.of(with("kubernetes/local", false, null, null), Wish.ON_DEMAND, LOCAL))
        .singleElement()
        .asString()
        .startsWith("resources.infra: kubernetes/local (expected: local)");
  }

  @Test
  void spotIsRefusedWhereNobodySellsIt() {
    Resources spot = with("local", true, null, null);

    assertThat(Unsupported.of(spot, Wish.SPOT, LOCAL))
        .singleElement()
        .asString()
        .contains("use_spot: true (expected: false)", "local has no spot instances");
    assertThat(Unsupported.of(spot, Wish.ON_DEMAND, LOCAL)).isEmpty();
    assertThat(Unsupported.of(with(null, true, null, null), Wish.SPOT, CLOUDS)).isEmpty();
  }

  @Test
  void wishSelectsMarketAndZone() {
    ServiceSpec spec = Specs.fixed(1).resources(false, with(null, true, null, null)).build();
    Offer here = new Offer("aws", "us-east-1", "us-east-1a", "p5", "8 H100", 2, true);
    Offer there = new Offer("aws", "us-east-1", "us-east-1b", "p5", "8 H100", 1, true);
    Offer steady = new Offer("aws", "us-east-1", "us-east-1b", "p5", "8 H100", 4, false);
    Candidate all = candidate(spec.resources().getFirst(), here, there, steady);

    assertThat(chosen(spec, Wish.SPOT, known(CLOUDS), all)).isEqualTo(there);
    assertThat(chosen(spec, Wish.spotIn(Zones.of(here)), known(CLOUDS), all)).isEqualTo(here);
    assertThat(chosen(spec, Wish.ON_DEMAND, known(CLOUDS), all)).isEqualTo(steady);
    assertThat(
            Placement.choose(
                    spec,
                    Wish.spotIn(new ZoneKey("aws", "us-east-1", "us-east-1c")),
                    List.of(all),
                    known(CLOUDS))
                .reasons())
        .containsExactly("resources: nothing is offered for spot in aws/us-east-1/us-east-1c");
  }

  @Test
  void blockedAndTriedOffersArePassedOver() {
    ServiceSpec spec = Specs.fixed(1).build();
    Offer cheap = offer("cheap", 1);
    Offer dear = offer("dear", 3);
    Candidate both = candidate(ANY, cheap, dear);
    Blocks blocks = Blocks.NONE.with(cheap, error(Category.QUOTA_EXCEEDED), NOW);

    assertThat(chosen(spec, Wish.ON_DEMAND, known(LOCAL, blocks), both)).isEqualTo(dear);
    assertThat(chosen(spec, Wish.ON_DEMAND, known(LOCAL, Blocks.NONE, cheap), both))
        .isEqualTo(dear);
    Placed nothing =
        Placement.choose(spec, Wish.ON_DEMAND, List.of(both), known(LOCAL, blocks, dear));
    assertThat(nothing).isInstanceOf(Placed.Exhausted.class);
    assertThat(nothing.reasons())
        .anyMatch(reason -> reason.contains("cheap on demand: no; not asked again before"))
        .anyMatch(reason -> reason.contains("dear: asked in vain"));
  }

  @Test
  void wantOfCapacityEverywhereIsTriedAgainWhereItEndsFirst() {
    ServiceSpec spec = Specs.fixed(1).build();
    Offer first = offer("first", 3);
    Offer second = offer("second", 1);
    Blocks blocks =
        Blocks.NONE
            .with(first, error(Category.CAPACITY_UNAVAILABLE), NOW.minusSeconds(60))
            .with(second, error(Category.CAPACITY_UNAVAILABLE), NOW);

    assertThat(chosen(spec, Wish.ON_DEMAND, known(LOCAL, blocks), candidate(ANY, first, second)))
        .isEqualTo(first);
  }

  @Test
  void everythingThisVersionCannotRunIsNamedWithItsValue() {
    ServiceSpec plain = Specs.fixed(1).build();
    ServiceSpec spec =
        new ServiceSpec(
            "svc",
            plain.service(),
            plain.resources(),
            false,
            2,
            Map.of(),
            Map.of(),
            new Workdir.Git("https://example.com/x.git", "main"),
            Map.of("/data", new FileMount.Remote("s3://bucket/x", null, "MOUNT")),
            null,
            "exec server",
            Map.of("volumes", "{/data: big}"));

    assertThat(Unsupported.of(spec, LOCAL))
        .anyMatch(reason -> reason.startsWith("num_nodes: 2 (expected: 1)"))
        .anyMatch(reason -> reason.startsWith("workdir.url: https://example.com/x.git"))
        .anyMatch(reason -> reason.startsWith("file_mounts./data: s3://bucket/x"))
        .anyMatch(reason -> reason.startsWith("volumes: {/data: big} (expected: none)"))
        .hasSize(4);
    assertThat(choose(spec, candidate(ANY, offer("here", 0)))).isInstanceOf(Placed.Refused.class);
  }

  @Test
  void severalNodesAreForPlacesThatHaveThem() {
    ServiceSpec plain = Specs.fixed(1).build();
    ServiceSpec two =
        new ServiceSpec(
            plain.name(),
            plain.service(),
            plain.resources(),
            false,
            2,
            Map.of(),
            Map.of(),
            null,
            Map.of(),
            null,
            "exec server",
            Map.of());
    Site cluster =
        new Site("slurm", new Capabilities(true, false, true, true, Duration.ZERO, Duration.ZERO));

    assertThat(Unsupported.of(two, LOCAL)).hasSize(1);
    assertThat(Unsupported.of(two, List.of(cluster))).isEmpty();
  }

  @Test
  void fixedPortCanServeOneReplicaOfASharedHost() {
    assertThat(Unsupported.of(Specs.fixed(1).port(8080).build(), LOCAL)).isEmpty();
    assertThat(Unsupported.of(Specs.fixed(2).port(8080).build(), List.of(CLOUD))).isEmpty();
    assertThat(Unsupported.of(Specs.fixed(2).port(8080).build(), LOCAL))
        .singleElement()
        .asString()
        .contains("8080", "up to 2 replicas", "$PORT");
  }

  @Test
  void noProviderAtAllSaysSo() {
    assertThat(
            Placement.choose(
                    Specs.fixed(1).build(),
                    Wish.ON_DEMAND,
                    List.of(candidate(ANY)),
                    known(List.of()))
                .reasons())
        .singleElement()
        .asString()
        .contains("no provider is enabled");
  }

  private static Placed choose(ServiceSpec spec, Candidate... candidates) {
    return Placement.choose(spec, Wish.of(spec), List.of(candidates), known(LOCAL));
  }

  private static Offer chosen(
      ServiceSpec spec, Wish wish, Placement.Known known, Candidate... candidates) {
    Placed placed = Placement.choose(spec, wish, List.of(candidates), known);
    assertThat(placed).isInstanceOf(Placed.On.class);
    return ((Placed.On) placed).offer();
  }

  private static Placement.Known known(List<Site> sites) {
    return known(sites, Blocks.NONE);
  }

  private static Placement.Known known(List<Site> sites, Blocks blocks, Offer... tried) {
    return new Placement.Known(sites, blocks, Set.of(tried), NOW);
  }

  private static ProviderError error(Category category) {
    return new ProviderError(category, null, null, "no");
  }

  private static Candidate candidate(Resources resources, Offer... offers) {
    return new Candidate(resources, List.of(offers), List.of());
  }

  private static Offer offer(String type, double price) {
    return new Offer("local", null, null, type, type + " machine", price, false);
  }

  private static Resources with(
      @Nullable String infra, boolean spot, @Nullable String image, @Nullable Double most) {
    return new Resources(infra, Map.of(), null, null, null, spot, image, List.of(), most, Map.of());
  }
}
