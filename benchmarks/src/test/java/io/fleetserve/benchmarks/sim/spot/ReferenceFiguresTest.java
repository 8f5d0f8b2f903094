package io.fleetserve.benchmarks.sim.spot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetserve.controller.spot.MixPolicies;
import io.fleetserve.controller.spot.MixPolicy;
import io.fleetserve.controller.spot.MixSettings;
import io.fleetserve.controller.spot.ShortagePricing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The simulator and the rival policies against figures that were measured independently of this
/// code on the same traces.
@Execution(ExecutionMode.CONCURRENT)
final class ReferenceFiguresTest {
  @ParameterizedTest
  @CsvSource({"AWS1, 1", "AWS1, 2", "AWS2, 1", "AWS2, 2", "AWS3, 1", "GCP1, 1", "GCP1, 2"})
  void deterministicPoliciesAgreeToFourDecimals(String set, int extra) throws IOException {
    SpotTrace trace = ReferenceFiles.trace(set);
    Setup setup = extra == 1 ? Setup.paper(extra) : Setup.wide(extra, 4);
    String key = (extra == 1 ? "N=3,E=1,d=4,k=3|" : "N=4,E=2,d=6,k=4|") + set;
    JsonNode golden = ReferenceFiles.figures().get("golden_deterministic").get("results").get(key);
    Map<String, MixPolicy> withExtra =
        Map.of(
            "ES+E", FixedPlaces.evenSpread(),
            "RR+E", new RoundRobin(),
            "SHdet", MixPolicies.spotHedge(true, false),
            "SHalg1", MixPolicies.spotHedge(false, false));

    withExtra.forEach((name, policy) -> agrees(golden, name, trace, setup, policy));
    Setup without = setup.with(0, 0);
    agrees(golden, "ES", trace, without, FixedPlaces.evenSpread());
    agrees(golden, "RR", trace, without, new RoundRobin());
    assertThat(new SlotBound(trace, setup).cost())
        .as("%s bound", key)
        .isCloseTo(golden.get("OPT_dp").get(1).asDouble(), within(0.00011));
  }

  private static void agrees(
      JsonNode golden, String name, SpotTrace trace, Setup setup, MixPolicy policy) {
    SpotRun run = SpotSimulation.run(trace, setup, policy);
    JsonNode figures = golden.get(name);
    String what = trace.name() + " " + name;
    assertThat(run.availability()).as(what).isCloseTo(figures.get(0).asDouble(), within(0.0000051));
    assertThat(run.cost()).as(what).isCloseTo(figures.get(1).asDouble(), within(0.000051));
    assertThat(run.meanSpot()).as(what).isCloseTo(figures.get(2).asDouble(), within(0.00051));
    assertThat(run.meanOnDemand()).as(what).isCloseTo(figures.get(3).asDouble(), within(0.00051));
  }

  /// Its zones are drawn by lot; the reference is a mean over three to five draws.
  @ParameterizedTest
  @ValueSource(strings = {"AWS1", "AWS2", "GCP1"})
  void spotHedgeAgreesOnWholeTraces(String set) throws IOException {
    SpotTrace trace = ReferenceFiles.trace(set);
    JsonNode figures =
        ReferenceFiles.figures().get("protocol_R").get("results").get("k=4|" + set).get("SH E1");
    List<SpotRun> runs = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      MixPolicy policy = MixPolicies.spotHedge(true, true);
      runs.add(SpotSimulation.run(trace, Setup.wide(1, 4), policy, seed));
    }

    SpotRun mean = SpotRun.mean(runs);

    assertThat(100 * mean.availability()).isCloseTo(figures.get(0).asDouble(), within(0.05));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AWS1", "AWS2", "GCP1"})
  void spotHedgeAgreesInThePapersWindows(String set) throws IOException {
    SpotTrace trace = ReferenceFiles.trace(set);
    JsonNode root = ReferenceFiles.figures();
    JsonNode figures = root.get("protocol_P").get("results").get(set).get("SH E1");
    List<SpotRun> runs = new ArrayList<>();
    root.get("window_offsets_ticks")
        .get(set)
        .valueStream()
        .mapToInt(JsonNode::asInt)
        .forEach(offset -> {
          SpotTrace window = trace.part(set, offset, offset + 2880);
          for (int seed = 0; seed < 10; seed++) {
            MixPolicy policy = MixPolicies.spotHedge(true, true);
            runs.add(SpotSimulation.run(window, Setup.paper(1), policy, seed));
          }
        });

    SpotRun mean = SpotRun.mean(runs);

    assertThat(100 * mean.availability()).isCloseTo(figures.get(0).asDouble(), within(0.05));
  }

  @ParameterizedTest
  @CsvSource({"AWS1, 3", "AWS1, 4", "AWS2, 3", "AWS2, 4", "GCP1, 3", "GCP1, 4"})
  void hedgeHoldsItsTargetForLessThanSpotHedgeWithTwoExtra(String set, int ratio)
      throws IOException {
    SpotTrace trace = ReferenceFiles.trace(set);
    SpotRun other =
        SpotSimulation.run(trace, Setup.wide(2, ratio), MixPolicies.spotHedge(true, true));

    SpotRun ours =
        SpotSimulation.run(
            trace, Setup.wide(0, ratio), MixPolicies.hedge(new ShortagePricing.Target(0.99)));

    assertThat(ours.availability()).isGreaterThanOrEqualTo(0.99);
    assertThat(ours.failedLaunches()).isLessThan(other.failedLaunches() / 4);
    if (other.availability() >= 0.99) {
      assertThat(ours.cost()).isLessThan(other.cost());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AWS1", "AWS2", "GCP1"})
  void onDemandIsAlwaysThereAtItsPrice(String set) throws IOException {
    SpotRun run =
        SpotSimulation.run(
            ReferenceFiles.trace(set),
            Setup.paper(0),
            MixPolicies.forName("ondemand", MixSettings.DEFAULT));

    assertThat(run.availability()).isEqualTo(1);
    assertThat(run.cost()).isCloseTo(1, within(1e-9));
  }
}
