package io.fleetserve.provider.sim.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the cloud sells for which wish.
final class CloudOffersTest {
  private static final CloudOffers OFFERS =
      new CloudOffers(
          "sim",
          new CloudSettings(
              1,
              List.of(
                  new CloudZone(
                      "east",
                      "east-a",
                      Timeline.constant(0),
                      new Timeline(1_000, List.of(1.0, 3.0))),
                  new CloudZone("west", "west-a", Timeline.constant(4), Timeline.constant(2))),
              List.of(
                  new MachineType("v100", 8, 61, Map.of("V100", 1), 3, 1),
                  new MachineType("cpu", 4, 16, Map.of(), 0.5, 0.2)),
              Map.of(),
              0,
              0,
              0,
              0,
              Faults.NONE));

  private final List<String> reasons = new ArrayList<>();

  @Test
  void everyFittingMachineOfEveryZoneIsOfferedCheapestFirst() {
    List<Offer> offers = offers(wish(null, Map.of(), null, false), 0);

    assertThat(offers)
        .extracting(offer -> offer.zone() + " " + offer.instanceType() + " " + offer.hourlyPrice())
        .containsExactly("east-a cpu 0.5", "west-a cpu 0.5", "east-a v100 3.0", "west-a v100 3.0");
    assertThat(offers).noneMatch(Offer::spot);
  }

  @Test
  void spotPricesAreTheZonesOfNow() {
    Resources gpu = wish(null, Map.of("V100", 1.0), null, true);

    assertThat(offers(gpu, 0))
        .extracting(offer -> offer.zone() + " " + offer.hourlyPrice() + " " + offer.spot())
        .containsExactly("east-a 1.0 true", "west-a 2.0 true");
    assertThat(offers(gpu, 1_000))
        .extracting(offer -> offer.zone() + " " + offer.hourlyPrice())
        .containsExactly("west-a 2.0", "east-a 3.0");
  }

  @Test
  void infraNarrowsToRegionAndZone() {
    assertThat(zones("sim/west")).containsOnly("west-a");
    assertThat(zones("*/*/east-a")).containsOnly("east-a");
    assertThat(zones("SIM")).containsOnly("east-a", "west-a");
    assertThat(zones("*")).containsOnly("east-a", "west-a");
  }

  @Test
  void reasonsSayWhatThereIs() {
    assertThat(zones("sim/mars")).isEmpty();
    assertThat(offers(wish(null, Map.of("H100", 2.0), null, false), 0)).isEmpty();
    assertThat(offers(wish(null, Map.of(), new Resources.Amount(9, true), false), 0)).isEmpty();

    assertThat(reasons)
        .containsExactly(
            "sim: has no such place, infra is sim/mars (there are: sim/east/east-a, sim/west/west-a)",
            "sim: v100 has 0 H100 (expected: 2)",
            "sim: cpu has 0 H100 (expected: 2)",
            "sim: v100 has 8 CPUs (expected: >= 9)",
            "sim: cpu has 4 CPUs (expected: >= 9)");
  }

  private List<String> zones(String infra) {
    return offers(wish(infra, Map.of(), null, false), 0).stream()
        .map(offer -> String.valueOf(offer.zone()))
        .toList();
  }

  private List<Offer> offers(Resources wish, long now) {
    return OFFERS.offers(new OfferQuery(wish, 1, reasons::add), now);
  }

  private static Resources wish(
      @Nullable String infra,
      Map<String, Double> accelerators,
      Resources.@Nullable Amount cpus,
      boolean spot) {
    return new Resources(
        infra, accelerators, cpus, null, null, spot, null, List.of(), null, Map.of());
  }
}
