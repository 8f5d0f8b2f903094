package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.api.spec.Autoscaling.Schedule;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.testing.time.VirtualClock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The policy that looks ahead, second by second in virtual time.
final class ForecastAutoscalerTest {
  private static ServiceSpec concurrency(int min, int max, int downSeconds) {
    return Specs.between(min, max)
        .autoscaling(Metric.CONCURRENCY, 4, 60, 6)
        .delays(0, downSeconds)
        .build();
  }

  /// D.B-1.
  @Test
  void constantLoadCausesOneActionInTwoHours() {
    Traffic traffic = new Traffic(concurrency(5, 20, 300));
    traffic.run(7200, 4, 18, 0);

    assertThat(traffic.targets).hasSizeLessThanOrEqualTo(1);
    assertThat(traffic.target()).isEqualTo(5);
  }

  /// D.B-2.
  @Test
  void noiseOfAFifthCausesAtMostTwoActionsAnHour() {
    Random random = new Random(7);
    Traffic traffic = new Traffic(concurrency(1, 40, 300));
    traffic.run(1800, 10, 40, 0);
    int before = traffic.targets.size();

    for (int i = 0; i < 720; i++) {
      traffic.run(10, 10, 40 * (0.8 + 0.4 * random.nextDouble()), 0);
    }

    assertThat(traffic.targets.size() - before).as("seed 7: " + traffic.targets).isLessThan(5);
    assertThat(traffic.target()).isBetween(11, 14);
  }

  @Test
  void loadThatGrowsIsMetBeforeItComes() {
    Traffic traffic = new Traffic(concurrency(1, 100, 300));
    for (int minute = 0; minute < 60; minute++) {
      traffic.run(60, 4, 4.0 * (minute + 1), 0);
    }

    // 60 replicas' worth now, one more each minute; a cold start is a minute.
    assertThat(traffic.target()).isBetween(61, 75);
  }

  @Test
  void stepIsAnsweredWithinTheWindow() {
    Traffic traffic = new Traffic(concurrency(1, 40, 300));
    traffic.run(1200, 4, 8, 0);

    traffic.run(65, 40, 80, 0);

    assertThat(traffic.target()).as(traffic.reason).isBetween(20, 30);
  }

  @Test
  void queueIsDrainedOnTopOfTheDemand() {
    Traffic traffic = new Traffic(concurrency(2, 40, 300));
    traffic.run(600, 2, 8, 0);
    int before = traffic.target();

    traffic.run(30, 2, 408, 400);

    assertThat(traffic.target()).as(traffic.reason).isGreaterThan(before);
  }

  /// D.B-11 and D.B-26.
  @Test
  void silenceAndRestartTakeNothingAway() {
    Traffic traffic = new Traffic(concurrency(1, 20, 60));
    traffic.run(300, 4, 18, 0);
    int wanted = traffic.target();
    assertThat(wanted).isGreaterThanOrEqualTo(5);

    traffic.reporting = false;
    traffic.run(600, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(wanted);
    assertThat(traffic.reason).contains("no fresh load report");

    traffic.reporting = true;
    traffic.restart();
    traffic.run(50, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(wanted);
    traffic.run(1200, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  /// D.B-13, with a load that grows, jumps and falls.
  @Test
  void lateRepeatedAndDisorderedReportsLeadToTheSameNumbers() {
    List<Integer> clean = targetsOfAnHour(new Traffic(concurrency(1, 40, 120)));
    Traffic messy = new Traffic(concurrency(1, 40, 120));
    messy.untidy = true;
    Traffic slow = new Traffic(concurrency(1, 40, 120));
    slow.late = 60;

    sameWithinOneStep(clean, targetsOfAnHour(messy), 0);
    sameWithinOneStep(clean, targetsOfAnHour(slow), slow.late);
  }

  private static List<Integer> targetsOfAnHour(Traffic traffic) {
    List<Integer> targets = new ArrayList<>();
    for (int second = 0; second < 3600; second++) {
      double load = second < 1200 ? 4 + second / 60.0 : second < 2400 ? 60 : 12;
      traffic.run(1, load, load, 0);
      targets.add(traffic.target());
    }
    return targets;
  }

  /// Between what the clean ones lead to two decisions earlier and later, from when everything has
  /// been heard.
  private static void sameWithinOneStep(List<Integer> clean, List<Integer> other, int late) {
    for (int second = 300 + late; second < clean.size() - 10; second++) {
      int then = second - late;
      List<Integer> around = clean.subList(then - 10, then + 11);
      assertThat(other.get(second))
          .as("second %d, late %d", second, late)
          .isBetween(Collections.min(around), Collections.max(around));
    }
    assertThat(other).as("the load is followed").contains(15, 3);
  }

  /// D.B-27.
  @Test
  void clockThatJumpsCausesNoAction() {
    for (Duration jump : List.of(Duration.ofDays(10), Duration.ofHours(-1))) {
      Traffic traffic = new Traffic(concurrency(1, 20, 120));
      traffic.run(900, 4, 18, 0);
      int actions = traffic.targets.size();

      traffic.clock.jumpTo(traffic.clock.instant().plus(jump));
      traffic.decide();
      traffic.run(110, 4, 18, 0);

      assertThat(traffic.targets).as("%s", jump).hasSize(actions);
    }
  }

  /// D.B-9 and D.B-10.
  @Test
  void sleepsWhenNothingIsAskedForAndWakesAtOnce() {
    Traffic traffic = new Traffic(concurrency(0, 40, 120));
    traffic.run(300, 1, 2, 0);
    assertThat(traffic.target()).isPositive();

    traffic.run(130, 0, 0, 0);
    assertThat(traffic.target()).isZero();

    traffic.run(1, 1, 1, 1);
    assertThat(traffic.target()).isEqualTo(1);
    Traffic many = new Traffic(concurrency(0, 40, 120));
    many.run(1, 1000, 1000, 1000);
    assertThat(many.target()).isEqualTo(40);
  }

  @Test
  void replicaThatRequestsWaitForIsNotTakenAwayWhileItStarts() {
    Traffic traffic = new Traffic(concurrency(0, 4, 0));
    traffic.starting = true;
    traffic.run(120, 0, 0, 0);

    traffic.run(1, 1, 1, 1);
    assertThat(traffic.target()).isEqualTo(1);
    traffic.run(120, 0, 1, 1);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(1);
  }

  @Test
  void memoryGoesOnAfterARestart() {
    Traffic traffic = new Traffic(concurrency(1, 40, 60));
    traffic.run(3000, 10, 40, 0);
    DemandHistory before = traffic.state().demand();
    Plan plan = Objects.requireNonNull(traffic.state().plan());

    traffic.restart();
    traffic.run(20, 10, 40, 0);

    assertThat(Objects.requireNonNull(traffic.state().plan()).at(0)).isEqualTo(plan.at(0));
    assertThat(before.known()).hasSizeGreaterThan(290);
    assertThat(traffic.state().demand().known().length).isGreaterThan(before.known().length - 1);
  }

  @Test
  void burstThatComesAgainIsMadeReadyForBeforeItComes() {
    Traffic traffic = new Traffic(concurrency(1, 40, 300));
    for (int round = 0; round < 5; round++) {
      traffic.run(780, 1, 4, 0);
      traffic.run(120, 20, 80, 0);
    }

    traffic.run(600, 1, 4, 0);
    assertThat(traffic.target()).as(traffic.reason).isLessThan(10);
    traffic.run(170, 1, 4, 0);
    assertThat(traffic.target()).as(traffic.reason).isBetween(18, 24);
  }

  @Test
  void planForOneMetricIsNoneForAnother() {
    Traffic traffic = new Traffic(concurrency(1, 40, 60));
    traffic.run(900, 10, 40, 0);
    assertThat(traffic.state().plan()).isNotNull();

    traffic.use(Specs.between(1, 40).autoscaling(Metric.QPS, 2, 60, 6).delays(0, 60).build());
    traffic.run(10, 10, 40, 0);

    assertThat(traffic.state().plan()).isNull();
    assertThat(traffic.target()).isBetween(5, 12);
  }

  /// No plan says yet that a shorter hold would do.
  @Test
  void allOfTheDownscaleDelayCountsBeforeThereIsAPlan() {
    Traffic traffic = new Traffic(concurrency(8, 40, 100));
    traffic.run(10, 4, 4, 0);
    traffic.use(concurrency(1, 40, 100));

    traffic.run(90, 4, 4, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(8);
    traffic.run(75, 4, 4, 0);
    assertThat(traffic.state().plan()).isNull();
    assertThat(traffic.target()).as(traffic.reason).isLessThan(4);
  }

  @Test
  void scheduleIsMetOneColdStartBeforeItBegins() {
    Autoscaling plain = Objects.requireNonNull(concurrency(1, 10, 60).service().autoscaling());
    LocalTime start = LocalTime.ofInstant(new VirtualClock().instant(), ZoneOffset.UTC);
    Schedule soon =
        new Schedule(
            EnumSet.allOf(DayOfWeek.class),
            start.plusMinutes(10),
            start.plusMinutes(20),
            ZoneOffset.UTC,
            4);
    Traffic traffic =
        new Traffic(
            Specs.between(1, 10)
                .autoscaling(
                    new Autoscaling(
                        plain.policy(),
                        plain.goals(),
                        plain.window(),
                        plain.panicWindow(),
                        plain.maxScaleUpRate(),
                        plain.headroom(),
                        List.of(soon)))
                .delays(0, 60)
                .build());

    traffic.run(8 * 60, 1, 1, 0);
    assertThat(traffic.target()).isEqualTo(1);
    traffic.run(70, 1, 1, 0);
    assertThat(traffic.target()).as(traffic.reason).isEqualTo(4);
    traffic.run(13 * 60, 1, 1, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void firstBytesThatAreLateWantMore() {
    Traffic traffic =
        new Traffic(Specs.between(2, 8).autoscaling(Metric.TTFT, 0.5, 60, 6).delays(0, 60).build());
    for (int second = 0; second < 60; second++) {
      // Bucket 11 is one to two seconds.
      traffic.firstByte = inBucket(11, 10L * second);
      traffic.run(1, 10, 4, 0);
    }

    assertThat(traffic.target()).as(traffic.reason).isEqualTo(8);
  }

  @Test
  void requestsThatWaitTooLongWantMore() {
    Traffic traffic =
        new Traffic(
            Specs.between(2, 8).autoscaling(Metric.QUEUE_DELAY, 1, 60, 6).delays(0, 60).build());
    traffic.run(120, 1, 8, 0);
    assertThat(traffic.target()).isEqualTo(2);

    // Three wait on average, one comes each second: three seconds.
    traffic.run(60, 1, 8, 3);

    assertThat(traffic.target()).as(traffic.reason).isGreaterThan(3);
  }

  private static List<Long> inBucket(int bucket, long count) {
    List<Long> counts = new ArrayList<>(Collections.nCopies(22, 0L));
    counts.set(bucket, count);
    return counts;
  }
}
