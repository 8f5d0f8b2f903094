package io.fleetserve.loadbalancer.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.LoadReport.Histogram;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Durations fall into the buckets that the format of native histograms defines, and into those of
/// load reports.
final class FineBucketsTest {
  @Test
  void indexIsThatOfSchemaThree() {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double seconds = Math.exp(random.nextDouble(Math.log(2e-6), Math.log(4000)));

      int index = FineBuckets.indexOf(seconds);

      assertThat(seconds)
          .as("seed %d, index %d", seed, index)
          .isGreaterThan(Math.pow(2, (index - 1) / 8.0) * (1 - 1e-12))
          .isLessThanOrEqualTo(Math.pow(2, index / 8.0) * (1 + 1e-12));
    }
  }

  @Test
  void boundsBelongToTheBucketBelowThem() {
    assertThat(FineBuckets.indexOf(1)).isZero();
    assertThat(FineBuckets.indexOf(Math.nextUp(1.0))).isEqualTo(1);
    assertThat(FineBuckets.indexOf(0.5)).isEqualTo(-8);
    assertThat(FineBuckets.indexOf(Math.pow(2, 0.5))).isEqualTo(4);
    assertThat(FineBuckets.indexOf(2)).isEqualTo(8);
  }

  @Test
  void whatLiesOutsideCountsAtTheEdge() {
    FineBuckets buckets = new FineBuckets();

    buckets.record(-5);
    buckets.record(0);
    buckets.record(Long.MAX_VALUE);

    long[] counts = buckets.snapshot();
    assertThat(counts[0]).isEqualTo(2);
    assertThat(counts[counts.length - 1]).isEqualTo(1);
  }

  @Test
  void coarseBucketsAgreeWithLoadReports() {
    Buckets buckets = new Buckets();
    long[] nanos = {0, 62_500, 62_501, 1_000_000, 1_000_001, 2_000_000, 3_000_000, Long.MAX_VALUE};

    Arrays.stream(nanos).forEach(buckets::record);

    assertThat(Arrays.copyOf(buckets.snapshot().counts(), 7)).containsExactly(2, 1, 0, 0, 1, 2, 1);
    Histogram histogram = buckets.histogram();
    assertThat(histogram.counts()).hasSize(Histogram.BUCKETS).startsWith(4L, 2L, 1L).endsWith(1L);
    assertThat(Buckets.bounds()).hasSize(Histogram.BUCKETS + 3).startsWith(0.0000625, 0.000125);
  }
}
