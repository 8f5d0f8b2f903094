package io.fleetserve.loadbalancer.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PeakEwmaTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static long millis(double value) {
    return (long) (value * 1e6);
  }

  @Test
  void followsAPeakAtOnceAndForgetsItSlowly() {
    long state = PeakEwma.observe(PeakEwma.NONE, millis(10), 0);
    state = PeakEwma.observe(state, millis(500), SECOND);
    assertThat(PeakEwma.micros(state, SECOND)).isCloseTo(500_000, within(10.0));

    state = PeakEwma.observe(state, millis(10), 2 * SECOND);

    double kept = Math.exp(-0.1);
    assertThat(PeakEwma.micros(state, 2 * SECOND))
        .isCloseTo(500_000 * kept + 10_000 * (1 - kept), within(500.0));
  }

  @Test
  void decaysWithoutAnswersToo() {
    long state = PeakEwma.observe(PeakEwma.NONE, millis(100), 0);

    assertThat(PeakEwma.micros(state, 10 * SECOND)).isCloseTo(100_000 / Math.E, within(50.0));
    assertThat(PeakEwma.micros(state, 1000 * SECOND)).isLessThan(1e-3);
  }

  @Test
  void unknownAndBusyIsDearerThanAnythingKnown() {
    long slow = PeakEwma.observe(PeakEwma.NONE, Duration.ofHours(1).toNanos(), 0);

    assertThat(PeakEwma.cost(PeakEwma.NONE, 0, 0)).isZero();
    assertThat(PeakEwma.cost(PeakEwma.NONE, 1, 0)).isGreaterThan(PeakEwma.cost(slow, 1, 0));
  }

  @Test
  void clockMayStartAnywhereAndWrap() {
    long start = Long.MAX_VALUE - SECOND;
    long state = PeakEwma.observe(PeakEwma.NONE, millis(100), start);

    assertThat(PeakEwma.micros(state, start + 10 * SECOND))
        .isCloseTo(100_000 / Math.E, within(100.0));
  }
}
