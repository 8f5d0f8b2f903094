package io.fleetserve.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.api.spec.Resources.Amount;
import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.Offer;
import io.fleetserve.provider.OfferQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalOffersTest {
  private static final LocalOffers OFFERS =
      new LocalOffers(
          new MachineFit(
              4, 15_800L << 20, Map.of("NVIDIA H100 80GB HBM3", 2, "NVIDIA A100-SXM4-40GB", 1)));

  private final List<String> reasons = new ArrayList<>();

  @Test
  void wishForNothingGetsTheMachineForFree() {
    List<Offer> offers = ask(wish(null, Map.of(), null, null), 1);

    assertThat(offers).hasSize(1);
    assertThat(offers.getFirst().hourlyPrice()).isZero();
    assertThat(offers.getFirst().description()).startsWith("4 CPUs, 15.4 GiB");
    assertThat(reasons).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "Local", "*", "*/*"})
  void infraThatMeansThisMachineFits(String infra) {
    assertThat(ask(wish(infra, Map.of(), null, null), 1)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws", "aws/us-east-1", "localhost", "k8s"})
  void otherInfraDoesNotFit(String infra) {
    assertThat(ask(wish(infra, Map.of(), null, null), 1)).isEmpty();
    assertThat(reasons).containsExactly("local: infra is " + infra + " (expected: local)");
  }

  @Test
  void amountsUpToTheMachinesOwnFit() {
    assertThat(ask(wish(null, Map.of(), new Amount(4, false), new Amount(16, true)), 1)).hasSize(1);
    assertThat(ask(wish(null, Map.of(), new Amount(0.5, false), new Amount(1, false)), 1))
        .hasSize(1);
  }

  @Test
  void everyReasonIsToldWithNumbers() {
    assertThat(ask(wish(null, Map.of(), new Amount(8, true), new Amount(64, false)), 2)).isEmpty();

    assertThat(reasons)
        .containsExactly(
            "local: runs a replica on one machine, num_nodes is 2 (expected: 1)",
            "local: has 4 CPUs (expected: >= 8)",
            "local: has 15.4 GiB of memory (expected: >= 64)");
  }

  @ParameterizedTest
  @CsvSource({
    "H100,2,true",
    "H100,3,false",
    "h100-80gb,1,true",
    "A100,1,true",
    "A100-80GB,1,false",
    "T4,1,false"
  })
  void acceleratorsAreMatchedByTheWordsOfTheirModel(String name, double count, boolean fits) {
    assertThat(ask(wish(null, Map.of(name, count), null, null), 1)).hasSize(fits ? 1 : 0);
  }

  @Test
  void missingAcceleratorIsCounted() {
    ask(wish(null, Map.of("T4", 1.0), null, null), 1);

    assertThat(reasons).containsExactly("local: has 0 T4 (expected: >= 1)");
  }

  private List<Offer> ask(Resources wish, int nodes) {
    return OFFERS.offers(new OfferQuery(wish, nodes, reasons::add));
  }

  private static Resources wish(
      @Nullable String infra,
      Map<String, Double> accelerators,
      @Nullable Amount cpus,
      @Nullable Amount memory) {
    return new Resources(
        infra, accelerators, cpus, memory, null, false, null, List.of(), null, Map.of());
  }
}
