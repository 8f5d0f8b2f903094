package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// Replicas for a queue.
final class BacklogTest {
  @Test
  void queueThatWillBeGoneWantsNothing() {
    assertThat(Backlog.replicas(0, 10, 180, 9)).isZero();
    assertThat(Backlog.replicas(-5, 10, 180, 9)).isZero();
  }

  @Test
  void whatIsLaunchedCostsAsMuchAsWhatStillWaits() {
    double demand = 21;
    double left = 3400;
    double extra = Backlog.replicas(left, demand, 180, 9) - demand;

    assertThat(extra * 180).isCloseTo(9 * demand * left / extra, within(1.0));
  }

  @Test
  void queueIsWorkedOffInHalfAMinuteToTenMinutes() {
    assertThat(Backlog.replicas(600, 0, 180, 9)).isEqualTo(1);
    assertThat(Backlog.replicas(600, 10, 1, 1000)).isEqualTo(10 + 600 / 30.0);
  }
}
