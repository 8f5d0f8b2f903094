package io.fleetserve.controller.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetserve.api.spec.Autoscaling.Query;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Reports;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.testing.time.VirtualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LoadWindowTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant LONG_AGO = VirtualClock.EPOCH.minus(Duration.ofDays(1));

  private static final Instant START = VirtualClock.EPOCH;

  private final VirtualClock clock = new VirtualClock();
  private LoadWindow window = LoadWindow.of(Replicas.SERVICE, MINUTE);

  @Test
  void nothingHeardIsNotZeroLoad() {
    assertThat(window.speaks(clock.instant())).isFalse();
    assertThat(window.fresh(clock.instant())).isFalse();
    assertThat(window.lastReportAge(clock.instant())).isEmpty();
    assertThat(window.requestsInLast(MINUTE, clock.instant()).complete()).isFalse();
  }

  @Test
  void steadyRateIsMeasuredOverTheWholeWindow() {
    Reports lb = new Reports("lb-1", LONG_AGO);

    second(90, lb, 3, 2.5);

    Measurement requests = window.requestsInLast(MINUTE, clock.instant());
    assertThat(requests.complete()).isTrue();
    assertThat(requests.value()).isCloseTo(180, within(1e-6));
    assertThat(window.averageConcurrency(MINUTE, clock.instant()).value())
        .isCloseTo(2.5, within(1e-6));
    assertThat(window.averageConcurrency(Duration.ofSeconds(6), clock.instant()).value())
        .isCloseTo(2.5, within(1e-6));
  }

  @Test
  void windowThatIsNotFullYetIsALowerBound() {
    Reports lb = new Reports("lb-1", LONG_AGO);

    second(31, lb, 3, 2);

    Measurement requests = window.requestsInLast(MINUTE, clock.instant());
    assertThat(requests.complete()).isFalse();
    assertThat(requests.value()).isCloseTo(90, within(1e-6));
    assertThat(window.averageConcurrency(MINUTE, clock.instant()).value())
        .as("averaged over what is known")
        .isCloseTo(2, within(1e-6));
  }

  @Test
  void totalsOfAProcessThatStartedLongAgoAreNotARate() {
    Reports lb = new Reports("lb-1", LONG_AGO).arrive(1_000_000);

    second(2, lb, 1, 0);

    assertThat(window.requestsInLast(MINUTE, clock.instant()).value()).isCloseTo(1, within(1e-6));
  }

  @Test
  void totalsOfAProcessThatJustStartedCountInFull() {
    Reports lb = new Reports("lb-1", clock.instant());
    clock.advance(Duration.ofSeconds(1));

    window = window.with(lb.arrive(7).now(7, 0).send(), clock.instant());

    assertThat(window.requestsInLast(MINUTE, clock.instant()).value()).isEqualTo(7);
    assertThat(window.held()).isEqualTo(7);
  }

  @Test
  void restartOfTheLoadBalancerIsNeitherNegativeNorHuge() {
    Reports before = new Reports("lb-1", LONG_AGO).arrive(5_000);
    second(61, before, 2, 1);
    Reports after = new Reports("lb-1", clock.instant());

    second(20, after, 2, 1);

    Measurement requests = window.requestsInLast(MINUTE, clock.instant());
    assertThat(requests.value()).isCloseTo(120, within(2.0));
    assertThat(requests.complete()).isTrue();
    assertThat(window.averageConcurrency(MINUTE, clock.instant()).value())
        .isCloseTo(1, within(0.05));
  }

  @Test
  void repeatedLateAndDisorderedReportsChangeNothing() {
    Reports lb = new Reports("lb-1", LONG_AGO);
    second(10, lb, 2, 1);
    LoadReport old = lb.again();
    second(60, lb, 2, 1);
    LoadWindow clean = window;

    LoadWindow disturbed = clean.with(lb.again(), clock.instant()).with(old, clock.instant());
    LoadReport ghost = new Reports("lb-1", LONG_AGO.minusSeconds(60)).arrive(99).send();
    disturbed = disturbed.with(ghost, clock.instant());

    assertThat(disturbed).isSameAs(clean);
  }

  @Test
  void answersThatDoNotTellTheirTokensCostWhatTheOthersCost() {
    Reports lb = new Reports("lb-1", LONG_AGO);
    window = window.with(lb.send(), START);
    assertThat(window.tokensInLast(MINUTE, START))
        .hasValueSatisfying(none -> assertThat(none.value()).isZero());

    Instant now = START.plusSeconds(60);
    window = window.with(lb.now(0, 3).send(), now);
    assertThat(window.tokensInLast(MINUTE, now)).as("three have not told yet").isEmpty();

    now = START.plusSeconds(70);
    window = window.with(lb.tokens(100, 500, 3, 0).send(), now);
    assertThat(window.tokensInLast(MINUTE, now)).contains(new Measurement(600, true));

    now = START.plusSeconds(80);
    window = window.with(lb.tokens(0, 0, 0, 6).send(), now);
    assertThat(window.tokensInLast(MINUTE, now)).contains(new Measurement(1800, true));

    now = START.plusSeconds(200);
    window = window.with(lb.send(), START.plusSeconds(130)).with(lb.tokens(0, 0, 0, 1).send(), now);
    assertThat(window.tokensInLast(MINUTE, now)).as("none told").isEmpty();
  }

  @Test
  void valueOfAQueryHoldsForAWhile() {
    Query query = new Query(URI.create("http://x"), "a");
    Query other = new Query(URI.create("http://x"), "b");
    window =
        window
            .with(other, new QueryValue(1, START), List.of(query, other))
            .with(query, new QueryValue(7, START), List.of(query));

    assertThat(window.queried(query, START.plusSeconds(15))).hasValue(7);
    assertThat(window.queried(query, START.plusSeconds(16))).isEmpty();
    assertThat(window.queried(query, START.minusSeconds(16))).as("clock set back").isEmpty();
    assertThat(window.queried(other, START)).as("not asked any more").isEmpty();
  }

  @Test
  void lostReportsLoseNoRequest() {
    Reports lb = new Reports("lb-1", LONG_AGO);
    Random random = new Random(7);
    window = window.with(lb.send(), clock.instant());

    for (int i = 0; i < 60; i++) {
      clock.advance(Duration.ofSeconds(1));
      LoadReport report = lb.arrive(4).busy(1, 1000).send();
      if (random.nextInt(3) == 0 || i == 59) {
        window = window.with(report, clock.instant());
      }
    }

    assertThat(window.requestsInLast(MINUTE, clock.instant()).value()).isCloseTo(240, within(1e-6));
  }

  @Test
  void silenceIsNotFreshAndNeverZero() {
    Reports lb = new Reports("lb-1", LONG_AGO).now(0, 3);
    second(70, lb, 2, 3);

    clock.advance(Duration.ofSeconds(6));

    assertThat(window.speaks(clock.instant())).isFalse();
    assertThat(window.fresh(clock.instant())).isFalse();
    assertThat(window.lastReportAge(clock.instant())).contains(Duration.ofSeconds(6));
    clock.advance(Duration.ofMinutes(10));
    assertThat(window.fresh(clock.instant())).isFalse();
    assertThat(window.inFlight()).isEqualTo(3);
  }

  @Test
  void oneSilentLoadBalancerOfThreeBlocksFreshnessUntilItIsLeftOut() {
    List<Reports> all = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      all.add(new Reports("lb-" + i, LONG_AGO));
    }
    for (int i = 0; i < 70; i++) {
      clock.advance(Duration.ofSeconds(1));
      for (Reports lb : all) {
        window = window.with(lb.arrive(1).now(0, 2).send(), clock.instant());
      }
    }
    assertThat(window.requestsInLast(MINUTE, clock.instant()).value()).isCloseTo(180, within(1e-6));
    assertThat(window.inFlight()).isEqualTo(6);

    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(1));
      for (Reports lb : all.subList(0, 2)) {
        window = window.with(lb.arrive(1).now(0, 2).send(), clock.instant());
      }
    }
    assertThat(window.speaks(clock.instant())).isTrue();
    assertThat(window.fresh(clock.instant())).isFalse();

    for (int i = 0; i < 60; i++) {
      clock.advance(Duration.ofSeconds(1));
      for (Reports lb : all.subList(0, 2)) {
        window = window.with(lb.arrive(1).now(0, 2).send(), clock.instant());
      }
    }
    assertThat(window.fresh(clock.instant())).isTrue();
    assertThat(window.inFlight()).isEqualTo(4);
    assertThat(window.requestsInLast(MINUTE, clock.instant()).value()).isCloseTo(120, within(1e-6));
  }

  @Test
  void serviceThatALoadBalancerDoesNotKnowYetHasNoLoadThere() {
    Reports lb = new Reports("lb-1", LONG_AGO);
    for (int i = 0; i < 70; i++) {
      clock.advance(Duration.ofSeconds(1));
      window = window.with(lb.sendEmpty(), clock.instant());
    }
    clock.advance(Duration.ofSeconds(1));

    window = window.with(lb.arrive(5).now(5, 0).send(), clock.instant());

    Measurement requests = window.requestsInLast(MINUTE, clock.instant());
    assertThat(requests.value()).isEqualTo(5);
    assertThat(requests.complete()).isTrue();
  }

  @Test
  void clockThatJumpsMakesHistoryUnusableRatherThanEmpty() {
    for (Duration jump : List.of(Duration.ofDays(10), Duration.ofHours(-1))) {
      window = LoadWindow.of(Replicas.SERVICE, MINUTE);
      Reports lb = new Reports("lb-1", LONG_AGO);
      second(70, lb, 2, 1);

      clock.jumpTo(clock.instant().plus(jump));
      assertThat(window.fresh(clock.instant())).as("%s", jump).isFalse();
      second(2, lb, 2, 1);

      assertThat(window.fresh(clock.instant())).as("%s", jump).isTrue();
      assertThat(window.requestsInLast(MINUTE, clock.instant()).complete())
          .as("%s", jump)
          .isFalse();
    }
  }

  @Test
  void inFlightIsKnownByReplica() {
    Reports lb = new Reports("lb-1", LONG_AGO).replica(3, 4);
    window = window.with(lb.send(), clock.instant());

    assertThat(window.inFlight(Replicas.key(3))).isEqualTo(4);
    assertThat(window.inFlight(Replicas.key(2))).isZero();
  }

  @Test
  void wayOfAReplicaIsTheTunnelWhereOneLoadBalancerNeedsIt() {
    Reports near = new Reports("lb-1", LONG_AGO).way(3, NetworkMode.DIRECT);
    Reports far = new Reports("lb-2", LONG_AGO).way(3, NetworkMode.TUNNEL);

    window = window.with(near.send(), clock.instant());
    assertThat(window.ways()).containsExactly(Map.entry(Replicas.key(3), NetworkMode.DIRECT));
    window = window.with(far.send(), clock.instant());
    assertThat(window.ways()).containsExactly(Map.entry(Replicas.key(3), NetworkMode.TUNNEL));
    window = window.with(far.way(3, null).send(), clock.instant());
    assertThat(window.ways()).containsExactly(Map.entry(Replicas.key(3), NetworkMode.DIRECT));
    window = window.with(near.way(3, null).send(), clock.instant());
    assertThat(window.ways()).isEmpty();
  }

  @Test
  void aSuccessorGoesOnWhereItsPredecessorStoppedAndWhatThatOneStillHasCounts() {
    Reports old = new Reports("lb-1", LONG_AGO);
    second(90, old, 3, 2);
    Instant start = clock.instant();
    Reports successor = new Reports("lb-1", start).beside(LONG_AGO);
    clock.advance(Duration.ofSeconds(1));

    window = window.with(successor.arrive(1).send(), clock.instant());
    window = window.with(old.arrive(2).now(0, 5).replica(1, 5).send(), clock.instant());
    old.phase(LoadReport.Phase.LEAVING);
    window = window.with(old.send(), clock.instant());
    assertThat(window.inFlight()).as("no successor yet").isEqualTo(5);
    successor.beside(null);
    clock.advance(Duration.ofSeconds(1));
    window = window.with(successor.arrive(2).now(1, 1).replica(1, 1).send(), clock.instant());
    window = window.with(old.now(0, 4).replica(1, 4).send(), clock.instant());

    assertThat(window.inFlight()).isEqualTo(5);
    assertThat(window.held()).isEqualTo(1);
    assertThat(window.inFlight(new ReplicaKey(Replicas.SERVICE, 1, 1))).isEqualTo(5);
    assertThat(window.fresh(clock.instant())).isTrue();
    Measurement requests = window.requestsInLast(MINUTE, clock.instant());
    assertThat(requests.complete()).isTrue();
    assertThat(requests.value()).isCloseTo(58 * 3 + 5, within(1e-6));

    window = window.with(old.phase(LoadReport.Phase.ENDED).send(), clock.instant());
    assertThat(window.inFlight()).isEqualTo(1);
  }

  private void second(int seconds, Reports lb, int arrivals, double concurrency) {
    for (int i = 0; i < seconds; i++) {
      clock.advance(Duration.ofSeconds(1));
      window = window.with(lb.arrive(arrivals).busy(concurrency, 1000).send(), clock.instant());
    }
  }
}
