package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.Autoscaling.Policy;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.load.LoadWindow;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The two-window rules of Knative's pod autoscaler; numbers worked out by hand.
final class PanicWindowAutoscalerTest {
  private static ServiceSpec concurrency(int min, int max, int downSeconds) {
    return Specs.between(min, max)
        .autoscaling(Policy.KNATIVE, Metric.CONCURRENCY, 4, 60, 6)
        .delays(0, downSeconds)
        .build();
  }

  @Test
  void steadyLoadWantsItsShareAndNothingMoreHappens() {
    Traffic traffic = new Traffic(concurrency(1, 20, 0));

    traffic.run(120, 0, 18, 0);
    assertThat(traffic.target()).isEqualTo(5);
    int actions = traffic.targets.size();

    // B-1: two hours of constant load
    traffic.run(7200, 0, 18, 0);
    assertThat(traffic.targets).hasSize(actions);
  }

  @Test
  void noiseAroundAConstantIsAbsorbed() {
    // B-2: +-20 %, at most two actions an hour
    Traffic traffic = new Traffic(concurrency(1, 20, 300));
    Random random = new Random(2);
    traffic.run(300, 0, 18, 0);
    int actions = traffic.targets.size();

    for (int i = 0; i < 3600; i++) {
      traffic.run(1, 0, 18 * (0.8 + 0.4 * random.nextDouble()), 0);
    }

    assertThat(traffic.targets.size() - actions).isLessThanOrEqualTo(2);
  }

  @Test
  void burstIsAnsweredWithinThePanicWindow() {
    Traffic traffic = new Traffic(concurrency(1, 20, 0));
    traffic.run(120, 0, 3, 0);
    assertThat(traffic.target()).isEqualTo(1);

    // 3 -> 40: the 60 s average rises by 0.6 a second, the 6 s average by 6.
    traffic.run(6, 0, 40, 0);

    assertThat(traffic.target()).isGreaterThanOrEqualTo(7);
    assertThat(traffic.reason).contains("in panic");
    traffic.run(4, 0, 40, 0);
    assertThat(traffic.target()).isEqualTo(10);
  }

  @Test
  void panicNeverScalesDownAndEndsAWindowAfterTheLastExcess() {
    Traffic traffic = new Traffic(concurrency(1, 20, 0));
    traffic.run(120, 0, 3, 0);
    traffic.run(8, 0, 40, 0);
    int high = traffic.target();

    traffic.run(50, 0, 3, 0);
    assertThat(traffic.target()).isEqualTo(high);

    traffic.run(80, 0, 3, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void oneStepDownHalvesAtMost() {
    Traffic traffic = new Traffic(concurrency(1, 20, 0));
    traffic.run(120, 0, 32, 0);
    assertThat(traffic.target()).isEqualTo(8);

    traffic.run(200, 0, 0, 0);

    List<Integer> down =
        traffic.targets.subList(traffic.targets.indexOf(8), traffic.targets.size());
    for (int i = 1; i < down.size(); i++) {
      assertThat(down.get(i)).isGreaterThanOrEqualTo(down.get(i - 1) / 2);
    }
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void downscaleDelayKeepsTheLargestOfItsTime() {
    Traffic traffic = new Traffic(concurrency(1, 20, 100));
    traffic.run(120, 0, 16, 0);
    assertThat(traffic.target()).isEqualTo(4);

    traffic.run(100, 0, 2, 0);
    assertThat(traffic.target()).isEqualTo(4);

    // The average is below 8 (two replicas) after 35 s; 100 s later 2 is the largest. One step
    // halves at most, so 1 is wanted only from then on, and comes 100 s later.
    traffic.run(40, 0, 2, 0);
    assertThat(traffic.target()).isEqualTo(2);
    traffic.run(100, 0, 2, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void goesToZeroWhenTheWindowIsIdleAndWakesAtOnce() {
    Traffic traffic = new Traffic(concurrency(0, 3, 0));
    traffic.run(2, 0, 1, 1);
    assertThat(traffic.target()).isEqualTo(1);

    traffic.run(58, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
    traffic.run(8, 0, 0, 0);
    assertThat(traffic.target()).isZero();

    traffic.run(1, 0, 1, 1);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void oneRequestAtZeroStartsOneReplicaAndManyStartMany() {
    Traffic one = new Traffic(concurrency(0, 10, 0));
    one.run(3, 0, 0, 0);
    one.run(1, 0, 1, 1);
    assertThat(one.target()).isEqualTo(1);

    Traffic many = new Traffic(concurrency(0, 10, 0));
    many.run(3, 0, 0, 0);
    many.run(1, 0, 22, 22);
    assertThat(many.target()).isEqualTo(6);

    Traffic most = new Traffic(concurrency(0, 10, 0));
    most.run(1, 0, 1000, 1000);
    assertThat(most.target()).isEqualTo(10);
  }

  @Test
  void requestsPerSecondAreAMetricToo() {
    Traffic traffic =
        new Traffic(
            Specs.between(1, 20)
                .autoscaling(Policy.KNATIVE, Metric.QPS, 5, 60, 6)
                .delays(0, 0)
                .build());

    traffic.run(120, 22, 0, 0);

    assertThat(traffic.target()).isEqualTo(5);
    assertThat(traffic.reason).contains("22.00 requests/s over 60 s");
  }

  @Test
  void scaleUpRateLimitsOneStep() {
    ServiceSpec spec = concurrency(1, 1000, 0);
    Autoscaling limited =
        new Autoscaling(
            Policy.KNATIVE,
            List.of(Autoscaling.Goal.of(Metric.CONCURRENCY, 1)),
            Duration.ofSeconds(60),
            Duration.ofSeconds(6),
            2,
            Autoscaling.DEFAULT_HEADROOM,
            List.of());
    Traffic traffic = new Traffic(spec);
    Autoscaler autoscaler = new PanicWindowAutoscaler(limited);
    assertThat(autoscaler.name()).isEqualTo("knative");
    LoadWindow window = LoadWindow.of("svc", Duration.ofSeconds(60));
    Reports lb = new Reports("lb-1", traffic.clock.instant().minus(Duration.ofDays(1)));
    for (int i = 0; i < 61; i++) {
      window =
          window.with(
              lb.busy(100, 1000).now(0, 100).send(), traffic.clock.advance(Duration.ofSeconds(1)));
    }

    Autoscaler.Decision decision =
        autoscaler.decide(
            new Autoscaler.Inputs(window, 1, List.of(), spec, AutoscalerState.NONE),
            traffic.clock.instant());

    assertThat(decision.target()).isEqualTo(2);
  }

  @Test
  void noDataAndRestartTakeNothingAway() {
    Traffic traffic = new Traffic(concurrency(1, 20, 0));
    traffic.run(120, 0, 18, 0);
    assertThat(traffic.target()).isEqualTo(5);

    traffic.reporting = false;
    traffic.run(600, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(5);

    traffic.reporting = true;
    traffic.restart();
    traffic.run(55, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(5);
    traffic.run(30, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void clockThatJumpsCausesNoAction() {
    for (Duration jump : List.of(Duration.ofDays(10), Duration.ofHours(-1))) {
      Traffic traffic = new Traffic(concurrency(1, 20, 30));
      traffic.run(120, 0, 18, 0);
      int actions = traffic.targets.size();

      traffic.clock.jumpTo(traffic.clock.instant().plus(jump));
      traffic.decide();
      traffic.run(200, 0, 18, 0);

      assertThat(traffic.targets).as("%s", jump).hasSize(actions);
    }
  }
}
