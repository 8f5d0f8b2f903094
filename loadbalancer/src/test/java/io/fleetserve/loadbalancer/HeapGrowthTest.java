package io.fleetserve.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeapGrowthTest {
  private long size = 32;
  private long inUse = 10;
  private int collections;
  private final HeapGrowth growth = new HeapGrowth(() -> size, this::collect);

  @Test
  void collectsBehindGrowthOfAQuarter() {
    size = 39;
    growth.look();
    assertThat(collections).isZero();

    size = 40;
    inUse = 20;
    growth.look();
    assertThat(collections).isOne();
    assertThat(size).isEqualTo(20);
  }

  @Test
  void collectsOnceForOneGrowth() {
    size = 100;
    inUse = 100;
    growth.look();
    growth.look();
    assertThat(collections).isOne();

    size = 124;
    growth.look();
    assertThat(collections).isOne();

    size = 125;
    growth.look();
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void measuresGrowthFromWhereAHeapShrankTo() {
    size = 16;
    growth.look();

    size = 20;
    growth.look();

    assertThat(collections).isOne();
  }

  private void collect() {
    collections++;
    size = inUse;
  }
}
