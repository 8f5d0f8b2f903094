package io.fleetserve.provider.slurm;

import static io.fleetserve.provider.slurm.SlurmCalls.LONG;
import static io.fleetserve.provider.slurm.SlurmCalls.SLEEPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import io.fleetserve.provider.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a real cluster has to offer.
@ExtendWith(RealSlurm.class)
final class SlurmPlacesIT {
  private static final String INSTALLATION = "slurm-places-it";

  @TempDir Path home;

  @AfterEach
  void endEverything() {
    SlurmCalls.end(open(SLEEPS, Map.of()), INSTALLATION);
  }

  @Test
  void offersArePartitionsWithTheirPricesAndSpotIsWhatMayBePreempted() {
    SlurmProvider provider =
        open(
            SLEEPS,
            Map.of("price", 0.5, "accelerator_prices", Map.of("a100", 1.25)),
            RealSlurm.socket());

    List<Offer> onDemand = offers(provider, false);
    List<Offer> spot = offers(provider, true);

    assertThat(onDemand).extracting(Offer::zone).containsExactlyInAnyOrder("ondemand", "zone-a");
    assertThat(spot).extracting(Offer::zone).containsExactlyInAnyOrder("spot", "spot-notice");
    assertThat(spot).allMatch(Offer::spot).allMatch(offer -> offer.hourlyPrice() == 3.0);
    assertThat(spot).allMatch(offer -> "test".equals(offer.region()));
  }

  @Test
  void placesTellWhatJobsOfAnybodyLeaveOfAPartition() throws IOException {
    String job =
        RealSlurm.cluster()
            .run(
                "sbatch",
                "--parsable",
                "--partition=zone-a",
                "--gres=gpu:a100:3",
                "--cpus-per-task=5",
                "--mem=1024",
                "--output=/dev/null",
                "--wrap=sleep 300")
            .strip();
    try {
      for (Map<String, Object> way :
          List.of(RealSlurm.rest(), RealSlurm.socket(), RealSlurm.local())) {
        SlurmProvider provider = open(SLEEPS, Map.of(), way);

        await()
            .atMost(LONG)
            .untilAsserted(() ->
                assertThat(free(provider, "slurm/test/zone-a"))
                    .isEqualTo(new MachineFit(27, 127L << 30, Map.of("a100", 5))));
        assertThat(free(provider, "slurm/test/zone-b").accelerators()).containsEntry("t4", 4);
      }
    } finally {
      RealSlurm.cluster().run("scancel", job);
    }
  }

  private static MachineFit free(SlurmProvider provider, String infra) {
    return provider.places().stream()
        .filter(place -> place.infra().equals(infra))
        .map(Place::free)
        .findFirst()
        .map(Objects::requireNonNull)
        .orElseThrow();
  }

  private static List<Offer> offers(SlurmProvider provider, boolean spot) {
    Resources wish =
        new Resources(
            "slurm/test",
            Map.of("A100", 2.0),
            null,
            null,
            null,
            spot,
            null,
            List.of(),
            null,
            Map.of());
    List<String> reasons = new ArrayList<>();
    List<Offer> offers = provider.offers(new OfferQuery(wish, 1, reasons::add));
    assertThat(offers).as(reasons.toString()).isNotEmpty();
    return offers;
  }

  private SlurmProvider open(String script, Map<String, Object> more) {
    return open(script, more, RealSlurm.rest());
  }

  private SlurmProvider open(String script, Map<String, Object> more, Map<String, Object> way) {
    return RealSlurm.open(INSTALLATION, home, script, way, more);
  }
}
