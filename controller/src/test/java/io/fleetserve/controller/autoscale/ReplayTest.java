package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Costs that can be worked out by hand. Ten replays of a span weigh almost the same.
final class ReplayTest {
  private static final Forecaster STEADY = new Forecaster(Forecasters.STEADY, 0, false, t -> 0);

  @Test
  void fleetThatIsLargeEnoughCostsItsReplicas() {
    assertThat(cost(4, flat(10, 3))).isCloseTo(10 * 10 * 4, within(15.0));
  }

  @Test
  void workThatWaitsTooLongCostsItsWeightAndOneEpisodeHalfOfIt() {
    double[] spans = flat(20, 1);
    spans[10] = 5;
    double calm = cost(2, flat(20, 1));

    // 50 replica-seconds come to two replicas: 30 wait on, for more than 2 s; the queue needs a
    // minute or so of the capacity left. Weight 9, counted by half.
    double burst = cost(2, spans);

    assertThat(burst - calm).isBetween(0.5 * 9 * 40, 0.5 * 9 * 150 + 2000);
  }

  @Test
  void dearerFleetPaysWhereWorkWouldWait() {
    double[] spans = flat(200, 1);
    for (int t = 0; t < 200; t += 20) {
      spans[t] = 8;
      spans[t + 1] = 8;
    }

    assertThat(cost(8.5, spans, 99)).isLessThan(cost(1.5, spans, 99));
    assertThat(cost(8.5, spans, 1)).isGreaterThan(cost(1.5, spans, 1));
  }

  private static double[] flat(int count, double demand) {
    double[] spans = new double[count];
    Arrays.fill(spans, demand);
    return spans;
  }

  private static double cost(double fleet, double[] spans) {
    return cost(fleet, spans, 9);
  }

  private static double cost(double fleet, double[] spans, double weight) {
    Plan plan = new Plan(Forecasters.STEADY, 0, fleet, 18, 6, 0);
    return new Replay(spans, new Replay.Terms(3, 6, weight, 1, 64))
        .cost(plan, STEADY, new double[spans.length], new double[spans.length]);
  }
}
