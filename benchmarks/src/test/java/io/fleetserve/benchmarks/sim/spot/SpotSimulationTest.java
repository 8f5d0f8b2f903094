package io.fleetserve.benchmarks.sim.spot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.ShortagePricing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SpotSimulationTest {
  private static final Setup ONE = new Setup(1, 0, 2, 3, 0, List.of());

  @Test
  void aReplicaIsReadyAColdStartAfterItsLaunch() {
    List<Integer> ready = new ArrayList<>();
    SpotTrace trace = ReferenceFiles.drawn("1111011111");

    new SpotSimulation(trace, ONE, FixedPlaces.single(0), 0)
        .run((tick, spot, onDemand, count) -> ready.add(count));

    assertThat(ready).containsExactly(0, 0, 1, 1, 0, 0, 0, 1, 1, 1);
  }

  @Test
  void countsFromTheFirstColdStartOn() {
    SpotTrace trace = ReferenceFiles.drawn("1111011111");

    SpotRun run = SpotSimulation.run(trace, ONE, FixedPlaces.single(0));

    assertThat(run.ticks()).isEqualTo(8);
    assertThat(run.availability()).isEqualTo(5.0 / 8);
    assertThat(run.meanSpot()).isEqualTo(7.0 / 8);
    assertThat(run.cost()).isEqualTo(7.0 / 24);
    assertThat(run.longestOutageTicks()).isEqualTo(3);
    assertThat(run.losses()).isEqualTo(2880.0 / 8);
  }

  @Test
  void aRefusedLaunchIsToldAtTheNextTick() {
    SpotTrace trace = ReferenceFiles.drawn("0000000000", "1111111111");

    SpotRun run = SpotSimulation.run(trace, ONE, new RoundRobin());

    assertThat(run.meanSpot()).isEqualTo(1);
    assertThat(run.availability()).isEqualTo(7.0 / 8);
  }

  @Test
  void boundKnowsTheFuture() {
    SpotTrace trace = ReferenceFiles.drawn("11111100000000", "00000111111111");
    Setup setup = new Setup(1, 0, 2, 10, 0, List.of());

    double cost = new SlotBound(trace, setup).cost();

    // Ticks 2 to 5 in the first zone; tick 6 on demand, with 2 of cold start; from tick 7 on in the
    // second zone, which is up since tick 5, with 2 of cold start.
    assertThat(cost).isCloseTo((4 + 30 + 7 + 2) / 120.0, within(1e-9));
  }

  @Test
  void noticesComeAheadOfTheLoss() {
    SpotTrace trace = ReferenceFiles.drawn("1".repeat(40) + "0".repeat(20), "1".repeat(60));
    Setup setup = new Setup(1, 0, 2, 4, 4, List.of());

    SpotRun warned =
        SpotSimulation.run(trace, setup, MixPolicies.hedge(new ShortagePricing.Fixed(5)));
    SpotRun surprised =
        SpotSimulation.run(
            trace, setup.with(0, 0), MixPolicies.hedge(new ShortagePricing.Fixed(5)));

    assertThat(warned.availability()).isEqualTo(1);
    assertThat(surprised.availability()).isLessThan(1);
  }
}
