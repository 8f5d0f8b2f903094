package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.fixture.Specs;
import org.junit.jupiter.api.Test;

/// SkyServe's queue length rule; expected values are worked out by hand from it: a decision each 20
/// s (5 s at zero), one replica at a time, delay / 20 s whole ticks in a row.
final class QueueLengthAutoscalerTest {
  private static Traffic traffic(int min, int upSeconds, int downSeconds) {
    return new Traffic(Specs.between(min, 4).queueLength(5).delays(upSeconds, downSeconds).build());
  }

  @Test
  void oneMoreAtATimeWhileMoreWaitThanTheThreshold() {
    Traffic traffic = traffic(1, 0, 0);

    traffic.run(101, 1, 100, 100);

    assertThat(traffic.targets).containsExactly(2, 3, 4);
    assertThat(traffic.reason).contains("100 requests wait, threshold 5");
  }

  @Test
  void asManyAsTheThresholdChangeNothing() {
    Traffic traffic = traffic(1, 0, 0);
    traffic.run(21, 1, 6, 6);
    assertThat(traffic.target()).isEqualTo(3);

    traffic.run(400, 1, 5, 5);

    assertThat(traffic.target()).isEqualTo(3);
  }

  @Test
  void oneFewerAtATimeWhileFewerWaitButNeverNoneWhileAnyDoes() {
    Traffic traffic = traffic(0, 0, 0);
    traffic.run(61, 1, 6, 6);
    assertThat(traffic.target()).isEqualTo(4);

    traffic.run(400, 1, 4, 4);

    assertThat(traffic.targets).endsWith(4, 3, 2, 1);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void nothingWaitsAndTheMinimumIsWantedAtOnce() {
    Traffic traffic = traffic(0, 0, 0);
    traffic.run(61, 1, 6, 6);

    traffic.run(60, 0, 0, 0);

    assertThat(traffic.targets).endsWith(4, 0);
  }

  @Test
  void onlyIdleReplicasAreTakenAway() {
    Traffic traffic = traffic(0, 0, 0);
    traffic.busy = 3;
    traffic.run(61, 1, 6, 6);

    traffic.run(400, 0, 3, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(3);

    traffic.busy = 0;
    traffic.run(60, 0, 0, 0);
    assertThat(traffic.target()).isZero();
  }

  @Test
  void zeroIsLeftAtOnceAndTheDelaysCountTicks() {
    Traffic traffic = traffic(0, 60, 60);
    traffic.run(30, 0, 0, 0);
    assertThat(traffic.target()).isZero();

    traffic.run(1, 1, 1, 1);
    assertThat(traffic.target()).isEqualTo(1);
    traffic.run(59, 1, 9, 9);
    assertThat(traffic.target()).isEqualTo(1);
    traffic.run(1, 1, 9, 9);
    assertThat(traffic.target()).isEqualTo(2);
  }
}
