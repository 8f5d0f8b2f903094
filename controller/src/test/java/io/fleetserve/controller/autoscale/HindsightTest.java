package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which plan a history of demand leads to, by what plans would have cost.
final class HindsightTest {
  /// Three minutes in spans of ten seconds.
  private static final int COLD_START = 18;

  private static final int MINUTE = 6;
  private static final int DELAY = 30;

  @Test
  void nothingIsChosenBeforeThereIsSomethingToJudge() {
    assertThat(chosen(demand(COLD_START + 11, t -> 4), 0.9)).isNull();
    assertThat(chosen(demand(COLD_START + 12, t -> 4), 0.9)).isNotNull();
  }

  @Test
  void steadyLoadIsServedByAFleetThatFitsIt() {
    Random random = new Random(3);
    double[] spans = demand(360, t -> 9.5 + 0.4 * random.nextGaussian());

    double needed = needed(spans, chosen(spans, 0.9));

    assertThat(needed).as("seed 3").isBetween(9.0, 11.5);
  }

  @Test
  void whatComesAgainAndAgainIsMadeReadyInTime() {
    // 40 s of 40 replicas' worth every 15 minutes; the next burst begins in two minutes.
    double[] spans = demand(258 + 90, t -> t % 90 < 4 ? 40 : 1);

    Plan plan = Objects.requireNonNull(chosen(spans, 0.9));

    assertThat(plan.period()).isEqualTo(90);
    assertThat(needed(spans, plan)).isBetween(36.0, 48.0);
  }

  @Test
  void burstsShorterThanAColdStartAreProvidedForWhenWaitingIsDearAndElseNot() {
    Random random = new Random(5);
    double[] spans = new double[720];
    for (int t = 0; t < spans.length; t++) {
      spans[t] = 1;
    }
    // 30 s at times that nothing foretells, four minutes apart on average.
    for (int at = 0; at < spans.length - 3; at += 4 + random.nextInt(40)) {
      spans[at] = 12;
      spans[at + 1] = 12;
      spans[at + 2] = 12;
    }

    double dear = needed(spans, chosen(spans, 0.99));
    double cheap = needed(spans, chosen(spans, 0.5));

    assertThat(dear).as("seed 5").isBetween(10.0, 16.0);
    assertThat(cheap).as("seed 5").isLessThan(6);
  }

  @Test
  void whatHasHappenedOnceIsNotPaidForForEver() {
    double[] spans = demand(720, t -> t > 300 && t < 340 ? 20 : 2);

    assertThat(needed(spans, chosen(spans, 0.9))).isLessThan(4);
  }

  @Test
  void planInUseIsKeptUnlessAnotherIsClearlyCheaper() {
    double[] spans = demand(360, t -> 5 + Math.sin(t));
    Plan plan = Objects.requireNonNull(chosen(spans, 0.9));
    Plan inUse = plan.withMargin(plan.margin() + 0.05);

    Plan next = chosen(spans, 0.9, inUse);

    assertThat(next).isEqualTo(inUse.at(360));
    Plan bad = plan.withMargin(plan.margin() + 10);
    assertThat(chosen(spans, 0.9, bad)).isNotEqualTo(bad.at(360));
  }

  @Test
  void chosenPlanWouldHaveCostNoMoreThanAnyFleetOfAFixedSize() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      double wave = 6 * random.nextDouble();
      double[] spans = demand(400, t -> 6 + wave * Math.sin(t / 20.0) + random.nextDouble());
      Replay replay = new Replay(spans, terms(0.9));

      Plan chosen = Objects.requireNonNull(chosen(spans, 0.9));

      for (int fleet = 1; fleet <= 20; fleet++) {
        Plan fixed = new Plan(Forecasters.STEADY, 0, fleet, 3 * COLD_START, DELAY, 360);
        assertThat(cost(replay, spans, chosen, fleet))
            .as("seed %d, fleet of %d, not %s", seed, fleet, chosen)
            .isLessThanOrEqualTo(1.02 * cost(replay, spans, fixed, fleet));
      }
    }
  }

  private static double[] demand(int count, IntToDoubleFunction at) {
    return IntStream.range(0, count).mapToDouble(at).toArray();
  }

  private static @Nullable Plan chosen(double[] spans, double headroom) {
    return chosen(spans, headroom, null);
  }

  private static @Nullable Plan chosen(double[] spans, double headroom, @Nullable Plan before) {
    return new Hindsight(spans, terms(headroom))
        .choose(
            forecasters(spans),
            before,
            List.of(MINUTE, COLD_START, 3 * COLD_START),
            List.of(MINUTE, DELAY),
            360);
  }

  private static List<Forecaster> forecasters(double[] spans) {
    double[] unknown = new double[spans.length + COLD_START];
    Arrays.fill(unknown, Double.NaN);
    return Forecasters.of(spans, COLD_START, unknown, Period.of(spans, COLD_START));
  }

  private static Replay.Terms terms(double headroom) {
    return new Replay.Terms(COLD_START, MINUTE, headroom / (1 - headroom), 1, 64);
  }

  /// With a fleet of so many for as long as the plan's forecaster cannot say anything.
  private static double cost(Replay replay, double[] spans, Plan plan, double first) {
    Forecaster forecaster = forecaster(spans, plan);
    double[] words = IntStream.range(0, spans.length).mapToDouble(forecaster::at).toArray();
    return replay.cost(plan, forecaster, words, demand(spans.length, t -> first));
  }

  private static Forecaster forecaster(double[] spans, Plan plan) {
    return forecasters(spans).stream().filter(one -> one.isOf(plan)).findFirst().orElseThrow();
  }

  private static double needed(double[] spans, @Nullable Plan plan) {
    Plan known = Objects.requireNonNull(plan);
    Forecaster forecaster = forecaster(spans, known);
    return forecaster.with(known.margin(), forecaster.at(spans.length - 1));
  }
}
