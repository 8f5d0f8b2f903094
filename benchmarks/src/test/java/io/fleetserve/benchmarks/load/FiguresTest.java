package io.fleetserve.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetserve.benchmarks.load.Comparison.Aim;
import io.fleetserve.benchmarks.load.wire.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class FiguresTest {
  @Test
  void ratioIsToTheBetterOfTheOthers() {
    Map<String, List<Double>> values =
        Map.of(
            "fleetserve", List.of(9.0, 8.0, 100.0),
            "nginx", List.of(10.0),
            "haproxy", List.of(12.0, 20.0));

    Comparison less = Comparison.of("CPU", "us", true, values, Aim.ratioAtMost(0.9));
    Comparison more = Comparison.of("throughput", "/s", false, values, null);

    assertThat(less.ratio()).isCloseTo(0.9, within(1e-9));
    assertThat(less.met()).isTrue();
    assertThat(more.ratio()).isCloseTo(9.0 / 16, within(1e-9));
    assertThat(more.met()).isNull();
  }

  @Test
  void withoutOursThereIsNoRatioAndNoVerdict() {
    Comparison comparison =
        Comparison.of("CPU", "us", true, Map.of("nginx", List.of(10.0)), Aim.atMost(3));

    assertThat(comparison.ratio()).isNull();
    assertThat(comparison.met()).isNull();
  }

  @Test
  void latencyAddedIsTheDifferenceToTheBackendInTheSameRound() {
    List<Sample> samples = new ArrayList<>();
    for (int round = 1; round <= 3; round++) {
      samples.add(sample("latency-50", "direct", round, 1_000, 0, 0, 100_000L * round));
      samples.add(sample("latency-50", "nginx", round, 1_000, 0, 0, 100_000L * round + 50_000));
    }

    Comparison added =
        Comparisons.of(samples, List.of()).stream()
            .filter(comparison -> comparison.name().equals("latency-50 p99 added"))
            .findFirst()
            .orElseThrow();

    assertThat(added.subjects())
        .hasEntrySatisfying(
            "nginx", spread -> assertThat(spread.median()).isCloseTo(50, within(1.0)));
    assertThat(added.subjects()).doesNotContainKey("direct");
  }

  @Test
  void growthIsBoundedByTheBusierLoopAndByTheWhole() {
    Sample one = sample("loops-1", "nginx", 1, 1_000, 10_000_000, 10_000_000, 1);

    assertThat(LoopGrowth.of(one, sample("loops-2", "nginx", 1, 1_000, 10_000_000, 5_000_000, 1)))
        .as("even and free of cost")
        .isCloseTo(2.0, within(1e-9));
    assertThat(LoopGrowth.of(one, sample("loops-2", "nginx", 1, 1_000, 10_000_000, 8_000_000, 1)))
        .as("one loop has most connections")
        .isCloseTo(1.25, within(1e-9));
    assertThat(LoopGrowth.of(one, sample("loops-2", "nginx", 1, 1_000, 16_000_000, 6_000_000, 1)))
        .as("a request costs more")
        .isCloseTo(1.25, within(1e-9));
  }

  @Test
  void warmMeansThatTheLevelIsHeldForHalfASecond() {
    List<Double> slots = new ArrayList<>(Collections.nCopies(100, 1000.0));
    Collections.fill(slots.subList(0, 40), 0.0);
    slots.set(10, 5000.0); // a burst is not warmth
    StartCurve curve = new StartCurve("nginx", 1, -0.1, slots);

    assertThat(curve.secondsToFirst()).isCloseTo(0.4, within(1e-9));
    assertThat(curve.secondsTo(800)).isCloseTo(1.9, within(1e-9));
    assertThat(curve.secondsTo(2000)).isInfinite();
    assertThat(curve.settled()).isEqualTo(1000);
  }

  @Test
  void medianOfAnEvenCountIsTheMeanOfTheMiddleTwo() {
    assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(new Spread(2.5, 1, 4, 4));
  }

  private static Sample sample(
      String workload,
      String subject,
      int round,
      long count,
      long cpu,
      long busiest,
      long latencyNanos) {
    Histogram histogram = new Histogram(1_000, 100_000_000_000L, 3);
    histogram.recordValue(latencyNanos);
    String encoded = Outcome.encode(histogram);
    Outcome outcome =
        new Outcome(0, 1_000_000_000, count, 0, 0, 1, encoded, encoded, List.of(count));
    Sample.Cpu used = new Sample.Cpu(cpu, busiest, 1, 0, 0);
    return new Sample(workload, subject, round, outcome, used, 0.5, 0, 0, 0);
  }
}
