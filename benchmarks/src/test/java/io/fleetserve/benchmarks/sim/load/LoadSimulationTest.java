package io.fleetserve.benchmarks.sim.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The simulator against what can be worked out by hand, and our policy on shapes.
@Execution(ExecutionMode.CONCURRENT)
final class LoadSimulationTest {
  private static final double COLD_START = 180;

  @Test
  void oneRequestAtATimeNeverWaitsAndCostsOneReplica() {
    Workload load = new Workload("few", new double[] {1, 100, 200}, new double[] {5, 5, 5}, 3600);

    Outcome outcome = new LoadSimulation(load, Policy.fixed(1).spec(), COLD_START, 1).run();

    assertThat(outcome.waiting()).isZero();
    assertThat(outcome.replicaHours()).isEqualTo(1);
    assertThat(outcome.actions()).isZero();
  }

  @Test
  void requestsBeyondTheSlotsWaitInOrder() {
    // 16 at once on 8 slots, ten seconds each: the second half waits ten seconds.
    double[] arrivals = new double[16];
    double[] service = new double[16];
    Arrays.fill(arrivals, 1);
    Arrays.fill(service, 10);

    Outcome outcome =
        new LoadSimulation(
                new Workload("burst", arrivals, service, 60), Policy.fixed(1).spec(), COLD_START, 1)
            .run();

    assertThat(outcome.waiting()).isEqualTo(0.5);
    assertThat(outcome.p99()).isEqualTo(10);
  }

  @Test
  void demandIsTheWorkOfEachSpan() {
    Workload load = new Workload("two", new double[] {0, 15}, new double[] {30, 10}, 60);

    assertThat(load.demand(30)).containsExactly(1 + 10 / 30.0, 0);
    assertThat(load.offered()).isEqualTo(40 / 60.0);
  }

  @Test
  void theSameSeedGivesTheSameOutcome() {
    Outcome one = run(Policy.ours(0.9), shape("sine", 5));
    Outcome other = run(Policy.ours(0.9), shape("sine", 5));

    assertThat(one.waiting()).isEqualTo(other.waiting());
    assertThat(one.replicaHours()).isEqualTo(other.replicaHours());
    assertThat(one.supply()).isEqualTo(other.supply());
  }

  /// D.B-1, with Poisson arrivals and services of any length.
  @Test
  void constantLoadSettles() {
    Outcome outcome = run(Policy.ours(0.9), shape("constant", 3));

    assertThat(outcome.waiting()).isLessThan(0.01);
    assertThat(outcome.actions()).isLessThanOrEqualTo(20);
  }

  /// D.B-3: capacity comes one cold start and three decisions after the step.
  @ParameterizedTest
  @CsvSource({"30, 1", "30, 3", "180, 2"})
  void stepIsCaughtUpWithAfterTheColdStart(int coldStart, long seed) {
    Workload step = shape("step", seed);
    Outcome outcome = new LoadSimulation(step, Policy.ours(0.9).spec(), coldStart, 3).run();

    int demanded = (int) Math.ceil(40 * 4.2 / LoadSimulation.SLOTS);
    int steppedAt = 2400;
    int second = steppedAt;
    while (outcome.supply()[second] < demanded) {
      second++;
    }
    assertThat(second - steppedAt).isLessThanOrEqualTo(coldStart + 15);
  }

  /// Against the published policies.
  @Test
  void sineCostsLessThanWithTheOthers() {
    Workload sine = shape("sine", 3);
    Outcome ours = run(Policy.ours(0.98), sine);

    for (Policy policy : Policy.all(sine)) {
      if (policy.published() && !policy.name().equals(Policy.OURS)) {
        Outcome other = run(policy, sine);
        boolean dearer = other.replicaHours() > ours.replicaHours();
        boolean slower = other.waiting() > ours.waiting();
        assertThat(dearer || slower).as(policy.name()).isTrue();
      }
    }
  }

  /// D.B-5: what the best published policy needs, HPA with 2.8 % waiting for 36.5 replica-hours.
  @Test
  void sineIsServedAsWellAsByTheBestOfTheOthersForLess() {
    List<Outcome> outcomes =
        LongStream.rangeClosed(3, 6)
            .mapToObj(seed -> run(Policy.ours(0.95), shape("sine", seed)))
            .toList();

    Outcome mean = Outcome.mean(outcomes);

    assertThat(mean.waiting()).isLessThanOrEqualTo(0.028);
    assertThat(mean.replicaHours()).isLessThanOrEqualTo(36.5);
  }

  private static Outcome run(Policy policy, Workload load) {
    int start = (int) Math.ceil(load.offered() / LoadSimulation.SLOTS / 0.7);
    return new LoadSimulation(load, policy.spec(), COLD_START, start).run();
  }

  private static Workload shape(String name, long seed) {
    return Loads.shapes(seed).stream()
        .filter(load -> load.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
