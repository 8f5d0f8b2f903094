package io.fleetserve.loadbalancer.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeQuantileTest {
  /// Times between 10 and 1000 ms, evenly in the logarithm: a share of p lies below 10 * 100^p.
  private static long time(Random random) {
    return (long) (1e7 * Math.pow(100, random.nextDouble()));
  }

  @ParameterizedTest
  @CsvSource({"0.5,1", "0.9,2", "0.95,3", "0.99,4"})
  void findsTheQuantile(double p, long seed) {
    TimeQuantile quantile = new TimeQuantile();
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      quantile.observe(time(random), p);
    }
    int below = 0;
    for (int i = 0; i < 5000; i++) {
      long now = time(random);
      below += now <= quantile.nanos() ? 1 : 0;
      quantile.observe(now, p);
    }
    assertThat(below / 5000.0).isBetween(p - 0.03, p + 0.03);
  }

  @Test
  void followsTimesThatChange() {
    TimeQuantile quantile = new TimeQuantile();
    for (int i = 0; i < 200; i++) {
      quantile.observe(1_000_000, 0.9);
    }
    assertThat(quantile.nanos()).isBetween(800_000L, 1_300_000L);
    for (int i = 0; i < 200; i++) {
      quantile.observe(50_000_000, 0.9);
    }
    assertThat(quantile.nanos()).isBetween(40_000_000L, 65_000_000L);
  }

  @Test
  void saysNothingBeforeItKnowsEnough() {
    TimeQuantile quantile = new TimeQuantile();
    for (int i = 0; i < 49; i++) {
      quantile.observe(1_000_000, 0.9);
    }
    assertThat(quantile.nanos()).isZero();
    quantile.observe(1_000_000, 0.9);
    assertThat(quantile.nanos()).isPositive();
  }
}
