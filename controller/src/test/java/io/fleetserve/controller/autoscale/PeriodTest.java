package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Repetition in a demand.
final class PeriodTest {
  @Test
  void repetitionIsFoundInNoise() {
    Random random = new Random(11);
    double[] spans =
        IntStream.range(0, 400)
            .mapToDouble(t -> (t % 120 < 40 ? 10 : 0) + random.nextDouble())
            .toArray();

    assertThat(Period.of(spans, 18)).as("seed 11").contains(120);
  }

  @Test
  void noiseAndAConstantDoNotRepeat() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      double[] spans = IntStream.range(0, 720).mapToDouble(t -> random.nextDouble()).toArray();
      assertThat(Period.of(spans, 18)).as("seed %d", seed).isEmpty();
    }
    assertThat(Period.of(new double[720], 18)).isEmpty();
    assertThat(Period.of(new double[0], 18)).isEmpty();
  }
}
