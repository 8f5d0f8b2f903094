package io.fleetserve.controller.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.controller.fixture.Specs;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// SkyServe's request-rate rules; expected values are worked out by hand from those rules: 60 s
/// window, a decision each 20 s (5 s at zero), delay / 20 s whole ticks in a row.
final class RequestRateAutoscalerTest {
  @Test
  void scalesUpOnlyAfterFifteenDecisionsInARow() {
    // 300 s / 20 s = 15 decisions. The first decision (second 1) sees no load worth a second
    // replica; from the one at 21 s on (20 s of 10/s: 3.33/s, ceil(3.33/2) = 2 > 1) each counts.
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).build());

    traffic.run(1 + 14 * 20, 10, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
    assertThat(traffic.state().upTicks()).isEqualTo(14);

    traffic.run(20, 10, 0, 0);
    // The number desired at that moment: ceil(10 / 2) = 5.
    assertThat(traffic.target()).isEqualTo(5);
    assertThat(traffic.reason).contains("10.00 requests/s", "from 1 to 5");
  }

  @Test
  void scalesDownOnlyAfterSixtyDecisionsInARow() {
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(0, 1200).build());
    traffic.run(121, 10, 0, 0);
    assertThat(traffic.target()).isEqualTo(5);

    // At 141 s the window holds 40 s of load: ceil(400/60/2) = 4 < 5: first of 60 decisions.
    traffic.run(59 * 20, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(5);
    assertThat(traffic.state().downTicks()).isEqualTo(59);

    traffic.run(20, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void oneEqualDecisionStartsTheCountAgain() {
    // 168 requests in 21 s want 2 at 21 s, 41 s and 61 s; none is in the window at 81 s.
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(100, 1200).build());
    traffic.run(21, 8, 0, 0);
    traffic.run(40, 0, 0, 0);
    assertThat(traffic.state().upTicks()).isEqualTo(3);

    traffic.run(20, 0, 0, 0);
    assertThat(traffic.state().upTicks()).isZero();
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void delayUnderTwentySecondsActsAtTheNextDecision() {
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(19, 19).build());

    traffic.run(61, 10, 0, 0);
    // 61 s: a full window of 600 requests: ceil(10/2).
    assertThat(traffic.target()).isEqualTo(5);
    traffic.run(80, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
    assertThat(traffic.targets).containsExactly(2, 4, 5, 4, 2, 1);
  }

  @Test
  void countsStayWithinTheBoundsAndOverprovisionIsOnTop() {
    Traffic traffic =
        new Traffic(Specs.between(2, 4).targetQps(1).overprovision(2).delays(0, 0).build());
    assertThat(traffic.target()).isEqualTo(4);

    traffic.run(80, 100, 0, 0);

    assertThat(traffic.target()).isEqualTo(6);
  }

  @Test
  void idleServiceGoesToZeroWhenTheWindowIsEmptyAndTheDelayIsOver() {
    Traffic traffic = new Traffic(Specs.between(0, 4).targetQps(10).delays(0, 100).build());
    traffic.run(2, 1, 1, 1);
    assertThat(traffic.target()).isEqualTo(1);

    // The last request is 60 s old at 62 s; decisions at 81, 101, 121, 141 want 0 and the
    // fifth in a row (100 / 20), at 161 s, acts.
    traffic.run(157, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
    traffic.run(22, 0, 0, 0);
    assertThat(traffic.target()).isZero();
  }

  @Test
  void waitingRequestWakesAtOnceWhateverTheDelay() {
    Traffic traffic = new Traffic(Specs.between(0, 4).targetQps(10).build());
    traffic.run(33, 0, 0, 0);
    assertThat(traffic.target()).isZero();

    traffic.run(1, 1, 1, 1);

    assertThat(traffic.target()).isEqualTo(1);
    assertThat(traffic.reason).contains("1 requests wait at zero replicas", "wake to 1");
  }

  @Test
  void wakeIsSizedByTheRate() {
    Traffic traffic = new Traffic(Specs.between(0, 8).targetQps(1).build());
    traffic.run(3, 0, 0, 0);

    traffic.run(1, 200, 200, 200);

    // ceil(200 / 60 / 1)
    assertThat(traffic.target()).isEqualTo(4);
  }

  @Test
  void wakeNeedsNoHistoryAfterARestart() {
    Traffic traffic = new Traffic(Specs.between(0, 4).targetQps(10).build());
    traffic.run(33, 0, 0, 0);
    traffic.restart();

    traffic.run(1, 1, 1, 1);

    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void askingMoreOftenChangesNothing() {
    Traffic once = new Traffic(Specs.between(1, 10).targetQps(2).delays(60, 60).build());
    Traffic often = new Traffic(Specs.between(1, 10).targetQps(2).delays(60, 60).build());

    for (int i = 0; i < 300; i++) {
      double qps = i < 150 ? 7 : 1;
      once.run(1, qps, 0, 0);
      often.run(1, qps, 0, 0);
      AutoscalerState before = often.state();
      Duration sinceTick = Duration.ofMillis(often.clock.millis() - before.tickAtMillis());
      if (sinceTick.compareTo(Duration.ofSeconds(19)) < 0) {
        often.decide();
        assertThat(often.state()).isEqualTo(before);
      }
    }

    assertThat(once.targets).isNotEmpty();
  }

  @Test
  void noDataIsNoDecision() {
    Traffic traffic = new Traffic(Specs.between(0, 10).targetQps(2).delays(0, 0).build());
    traffic.run(100, 10, 5, 0);
    int target = traffic.target();
    assertThat(target).isEqualTo(5);

    traffic.reporting = false;
    traffic.run(600, 0, 0, 0);

    assertThat(traffic.target()).isEqualTo(target);
    assertThat(traffic.reason).contains("no fresh load report");
  }

  @Test
  void restartTakesNothingAwayForOneWindowAndKeepsTheCount() {
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(0, 0).build());
    traffic.run(100, 10, 5, 0);
    assertThat(traffic.target()).isEqualTo(5);

    traffic.restart();
    traffic.run(55, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(5);
    assertThat(traffic.reason).contains("do not cover 60 s");

    traffic.run(30, 0, 0, 0);
    assertThat(traffic.target()).isEqualTo(1);
  }

  @Test
  void boundsOfAnUpdateHoldAtTheNextDecision() {
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(0, 0).build());
    traffic.run(100, 10, 5, 0);

    traffic.use(Specs.between(1, 3).targetQps(2).delays(0, 0).build());
    assertThat(traffic.decide().target()).isEqualTo(3);

    traffic.use(Specs.between(6, 9).targetQps(2).delays(0, 0).build());
    assertThat(traffic.decide().target()).isEqualTo(6);
  }

  @Test
  void anotherAutoscalerTakesOverTheTargetAndNoCounts() {
    Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(0, 1200).build());
    traffic.run(121, 10, 5, 0);
    traffic.run(100, 0, 0, 0);
    assertThat(traffic.state().downTicks()).isPositive();

    traffic.use(Specs.between(1, 10).targetQps(java.util.Map.of("H100", 2.0)).build());
    traffic.decide();

    assertThat(traffic.target()).isEqualTo(5);
    assertThat(traffic.state().autoscaler()).isEqualTo("instance_aware");
    assertThat(traffic.state().downTicks()).isLessThanOrEqualTo(1);
  }

  @Test
  void clockThatJumpsCausesNoAction() {
    for (Duration jump : java.util.List.of(Duration.ofDays(10), Duration.ofHours(-1))) {
      Traffic traffic = new Traffic(Specs.between(1, 10).targetQps(2).delays(0, 0).build());
      traffic.run(121, 10, 5, 0);
      assertThat(traffic.target()).isEqualTo(5);

      traffic.clock.jumpTo(traffic.clock.instant().plus(jump));
      traffic.decide();
      traffic.run(200, 10, 5, 0);

      assertThat(traffic.targets).as("%s", jump).endsWith(5);
      assertThat(traffic.target()).isEqualTo(5);
    }
  }
}
