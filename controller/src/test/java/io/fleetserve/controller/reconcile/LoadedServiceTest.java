package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.Autoscaling.Metric;
import io.fleetserve.controller.fixture.Behaviour;
import io.fleetserve.controller.fixture.LoadedService;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Autoscaler and planner together when starts fail, take long, or replicas are lost: what is
/// wanted stays what the load needs, and comes.
final class LoadedServiceTest {
  private static final int SLOTS = 4;
  private static final Duration START = Duration.ofSeconds(60);

  private static LoadedService service(Behaviour behaviour) {
    return new LoadedService(
        new VirtualClock(),
        new Random(3),
        behaviour,
        Specs.between(1, 64).autoscaling(Metric.CONCURRENCY, SLOTS, 60, 6).delays(0, 300).build(),
        SLOTS);
  }

  /// D.B-15: half of all starts fail.
  @Test
  void failedStartsAreTriedAgainMoreAndMoreSlowlyAndAreNoReasonToWantMore() {
    Behaviour half = new Behaviour(START, 0.5, 0, 0, 0, 0, 0, 0, Duration.ofSeconds(2));
    LoadedService service = service(half);

    service.run(1200, 32);

    assertThat(service.ready()).as(service.reason()).isGreaterThanOrEqualTo(8);
    assertThat(service.waiting()).isZero();
    assertThat(service.mostAlive())
        .isLessThanOrEqualTo(service.targets().stream().max(Integer::compare).orElseThrow());
    assertThat(service.target()).isBetween(8, 10);
    // Each replica that is there took two calls on average.
    assertThat(service.service().launches()).isLessThan(5 * service.mostAlive());
  }

  /// D.B-15: no start succeeds.
  @Test
  void startsThatNeverSucceedAreNotTriedWithoutEnd() {
    LoadedService service =
        service(new Behaviour(START, 1, 0, 0, 0, 0, 0, 0, Duration.ofSeconds(2)));

    service.run(3600, 32);

    // One second after the first in a row, doubling to five minutes.
    assertThat(service.service().launches()).isLessThanOrEqualTo(64 + 10 + 3600 / 300);
  }

  /// D.B-16: what was learnt of starts is wrong by a factor of five when the load triples. Until
  /// the first of them are there no more is asked for than if it were right, but for a quarter.
  @Test
  void startsThatBecomeSlowAreNoReasonToAskForMore() {
    int usual = mostOnTheWay(START);
    int slow = mostOnTheWay(START.multipliedBy(5));

    assertThat(usual).isGreaterThanOrEqualTo(12);
    assertThat(slow).isLessThanOrEqualTo(usual * 5 / 4);
  }

  private static int mostOnTheWay(Duration start) {
    LoadedService service = service(Behaviour.CALM.startingIn(START));
    service.run(900, 16);
    assertThat(service.ready()).isBetween(4, 6);

    service.service().behave(Behaviour.CALM.startingIn(start));
    int most = 0;
    for (int second = 0; second < 300; second++) {
      service.second(48);
      most = Math.max(most, service.alive());
    }
    return most;
  }

  /// D.B-17: half of the replicas are gone at once.
  @Test
  void lostHalfIsReplacedInOnePlanAndTheNumberSettles() {
    LoadedService service = service(Behaviour.CALM.startingIn(START));
    service.run(1200, 32);
    int wanted = service.target();
    int before = service.service().launches();
    int changes = service.targets().size();
    assertThat(service.ready()).isEqualTo(wanted);

    service.service().lose(wanted / 2);
    service.second(32);
    assertThat(service.service().launches() - before).isGreaterThanOrEqualTo(wanted / 2);
    assertThat(service.alive()).isEqualTo(service.target());

    service.run(900, 32);
    assertThat(service.waiting()).isZero();
    assertThat(service.target()).as(service.reason()).isBetween(8, 10);
    List<Integer> after = service.targets().subList(changes, service.targets().size());
    int peak = after.indexOf(after.stream().max(Integer::compare).orElse(0));
    assertThat(after.subList(0, Math.max(0, peak))).as("up, then down").isSorted();
    assertThat(after.subList(Math.max(0, peak), after.size()))
        .as("up, then down: %s", after)
        .isSortedAccordingTo(Comparator.reverseOrder());
  }

  /// D.B-28: the controller stands still for a minute in which a burst comes.
  @Test
  void controllerThatStoodStillCatchesUpInOneDecision() {
    LoadedService service = service(Behaviour.CALM.startingIn(START));
    service.run(900, 16);
    int changes = service.targets().size();

    service.stop();
    service.run(60, 64);
    service.go();
    service.second(64);

    assertThat(service.targets()).hasSize(changes + 1);
    assertThat(service.target()).as(service.reason()).isGreaterThanOrEqualTo(16);
  }
}
