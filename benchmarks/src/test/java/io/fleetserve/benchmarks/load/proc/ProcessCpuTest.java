package io.fleetserve.benchmarks.load.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProcessCpuTest {
  private static final ProcessCpu EARLIER = new ProcessCpu(500_000_000, Map.of(1L, 100L, 2L, 50L));

  @Test
  void addsThreadsExactlyAndCountsNewOnesFromZero() {
    ProcessCpu later = new ProcessCpu(500_000_000, Map.of(1L, 150L, 2L, 60L, 3L, 7L));

    assertThat(later.since(EARLIER)).isEqualTo(50 + 10 + 7);
    assertThat(later.busiestThreadSince(EARLIER)).isEqualTo(50);
    assertThat(later.threadsAbove(0.12, EARLIER)).isEqualTo(2);
  }

  @Test
  void usesTicksWhenEndedThreadsTookMore() {
    ProcessCpu later = new ProcessCpu(600_000_000, Map.of(1L, 150L));

    assertThat(later.since(EARLIER)).isEqualTo(100_000_000);
  }

  @Test
  void ticksThatDifferByRoundingAreIgnored() {
    ProcessCpu later = new ProcessCpu(520_000_000, Map.of(1L, 3_000_100L, 2L, 50L));

    assertThat(later.since(EARLIER)).isEqualTo(3_000_000);
  }
}
