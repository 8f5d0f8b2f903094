package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.status.ReplicaStatus.DRAINING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.NOT_READY;
import static io.fleetserve.api.status.ReplicaStatus.PENDING;
import static io.fleetserve.api.status.ReplicaStatus.PREEMPTED;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ServiceSection.Rollout;
import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.fixture.States;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.controller.placement.Wish;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServicePlannerTest {
  private static final Instant START = VirtualClock.EPOCH;
  private static final Instant NOW = START.plusSeconds(60);
  private static final ServiceSpec SPEC = Specs.between(0, 5).build();
  private static final ServiceVersion ACTIVE = States.version(1, VersionStatus.ACTIVE, true, SPEC);

  @Test
  void launchesWhatIsMissingAndSaysWhy() {
    ServicePlan plan = plan(States.of(3, List.of(ACTIVE), List.of(in(READY, 1))));

    assertThat(plan.actions())
        .containsExactly(
            new Action.Launch(
                100, 1, 1, Wish.ON_DEMAND, "3 replicas of version 1 are wanted, there are 1"),
            new Action.Launch(
                101, 1, 1, Wish.ON_DEMAND, "3 replicas of version 1 are wanted, there are 1"));
  }

  @Test
  void victimsAreTheLeastFarThenTheLeastBusyThenTheNewest() {
    List<Replica> replicas =
        List.of(
            in(READY, 1),
            in(READY, 2),
            in(READY, 3),
            in(NOT_READY, 4),
            in(STARTING, 5),
            in(PROVISIONING, 6));
    ServiceState state =
        States.withLoad(
            States.of(0, List.of(ACTIVE), replicas),
            Map.of(Replicas.key(1), 4, Replicas.key(2), 1, Replicas.key(3), 1));

    assertThat(drained(plan(state))).containsExactly(6, 5, 4, 3, 2, 1);
  }

  @Test
  void crashedReplicaOfALongReadyVersionIsReplacedAtOnce() {
    Replica crashed = in(READY, 1).withStatus(FAILED, "exited with 137", NOW).withVersionFault();

    ServicePlan plan = plan(States.of(1, List.of(ACTIVE), List.of(crashed)));

    assertThat(plan.actions()).anyMatch(Action.Launch.class::isInstance);
    assertThat(plan.actions())
        .anySatisfy(action ->
            assertThat(action)
                .isEqualTo(new Action.Terminate(Replicas.key(1), "FAILED: exited with 137")));
  }

  @Test
  void failuresInARowWaitOneSecondDoublingToFiveMinutes() {
    for (int failures = 1; failures <= 10; failures++) {
      List<Replica> rows = new ArrayList<>();
      for (int id = 1; id <= failures; id++) {
        rows.add(Replicas.in(FAILED_PROVISION, id, 1, NOW));
      }
      ServiceState state = States.of(1, List.of(ACTIVE), rows);
      long wait = Math.min(300, 1L << (failures - 1));

      ServicePlan early = ServicePlanner.plan(state, NOW.plusSeconds(wait).minusMillis(1));
      ServicePlan due = ServicePlanner.plan(state, NOW.plusSeconds(wait));

      assertThat(early.actions()).as("%d", failures).isEmpty();
      assertThat(early.wakeAt()).isEqualTo(NOW.plusSeconds(wait));
      assertThat(due.actions())
          .singleElement()
          .satisfies(action -> {
            assertThat(action).isInstanceOf(Action.Launch.class);
            assertThat(action.reason()).contains("failures in a row");
          });
    }
  }

  @Test
  void replicaServesForMostOfAShortNoticeUntilItsReplacementIsReady() {
    Instant end = NOW.plusSeconds(6);
    Replica leaves = in(READY, 1);
    Replica noticed = leaves.withMachine(leaves.machine().withPreemptionAt(end, NOW, false));

    assertThat(drained(plan(States.of(1, List.of(ACTIVE), List.of(noticed))))).isEmpty();
    assertThat(drained(plan(States.of(1, List.of(ACTIVE), List.of(noticed, in(READY, 2))))))
        .containsExactly(1);
    assertThat(
            drained(
                ServicePlanner.plan(
                    States.of(1, List.of(ACTIVE), List.of(noticed, in(STARTING, 2))),
                    end.minusSeconds(2))))
        .containsExactly(1);
  }

  @Test
  void whatDrainsOnlyBecauseItWasTooManyIsCalledBackBeforeAnythingIsLaunched() {
    Replica spare = drains(2, true);

    ServicePlan plan =
        plan(States.of(3, List.of(ACTIVE), List.of(in(READY, 1), spare, drains(3, false))));

    assertThat(plan.actions())
        .extracting(Action::getClass)
        .containsExactly(Action.Recall.class, Action.Launch.class);
    assertThat(((Action.Recall) plan.actions().getFirst()).key()).isEqualTo(Replicas.key(2));
  }

  @Test
  void whatWasToldToStopOrIsOfAnotherVersionOrIsTakenBackIsNotCalledBack() {
    ServiceVersion old =
        States.version(1, VersionStatus.RETIRED, true, Specs.between(0, 5).run("old").build());
    ServiceVersion next = States.version(2, VersionStatus.ACTIVE, true, SPEC);
    Replica told = drains(1, true).withVersion(2);
    Replica taken = drains(2, true).withVersion(2);

    ServicePlan plan =
        plan(
            States.of(
                3,
                List.of(old, next),
                List.of(
                    told.withCleanup(told.cleanup().withStopSentAt(NOW)),
                    taken.withMachine(taken.machine().withPreemptionAt(NOW, NOW, false)),
                    drains(3, true))));

    assertThat(plan.actions()).noneMatch(Action.Recall.class::isInstance);
    assertThat(plan.actions()).filteredOn(Action.Launch.class::isInstance).hasSize(3);
  }

  @Test
  void onlyTheSurplusMayBeCalledBack() {
    ServicePlan surplus = plan(States.of(1, List.of(ACTIVE), List.of(in(READY, 1), in(READY, 2))));
    ServicePlan ends = plan(States.of(0, List.of(), List.of(in(READY, 1))));

    assertThat(surplus.actions())
        .singleElement()
        .satisfies(action -> assertThat(((Action.Drain) action).surplus()).isTrue());
    assertThat(ends.actions())
        .singleElement()
        .satisfies(action -> assertThat(((Action.Drain) action).surplus()).isFalse());
  }

  @Test
  void preemptedReplicasAreReplacedAtOnceHoweverMany() {
    List<Replica> rows =
        List.of(
            in(READY, 1),
            in(STARTING, 2).withStatus(PREEMPTED, "taken", NOW),
            in(STARTING, 3).withStatus(PREEMPTED, "taken", NOW));

    assertThat(plan(States.of(3, List.of(ACTIVE), rows)).actions())
        .filteredOn(Action.Launch.class::isInstance)
        .hasSize(2);
  }

  @Test
  void firstVersionThatCannotBecomeReadyFailsAndNothingMoreIsLaunched() {
    ServiceVersion first = States.version(1, VersionStatus.ROLLING_OUT, false, SPEC);
    Replica failed = in(STARTING, 1).withStatus(FAILED, "exited with 7", NOW).withVersionFault();

    ServicePlan plan = plan(States.of(2, List.of(first), List.of(failed, in(STARTING, 2))));

    assertThat(plan.actions())
        .containsExactly(
            new Action.SetVersionStatus(1, VersionStatus.FAILED, "replica 1 FAILED: exited with 7"),
            new Action.Drain(Replicas.key(2), "every version failed"),
            new Action.Terminate(Replicas.key(1), "FAILED: exited with 7"));
  }

  @Test
  void failedUpdateGoesBackToFullStrengthOfTheOldVersionInOnePlan() {
    ServiceVersion second =
        States.version(
            2, VersionStatus.ROLLING_OUT, false, Specs.between(0, 5).run("exec v2").build());
    Replica failed =
        Replicas.in(STARTING, 3, 2, START)
            .withStatus(FAILED, "no such model", NOW)
            .withVersionFault();
    Replica other = Replicas.in(STARTING, 4, 2, START);

    ServicePlan plan =
        plan(States.of(2, List.of(ACTIVE, second), List.of(in(READY, 1), failed, other)));

    assertThat(plan.actions())
        .contains(
            new Action.SetVersionStatus(2, VersionStatus.FAILED, "replica 3 FAILED: no such model"),
            new Action.Drain(Replicas.key(4), "version 2 failed"),
            new Action.Launch(
                100, 1, 1, Wish.ON_DEMAND, "2 replicas of version 1 are wanted, there are 1"));
    assertThat(drained(plan)).containsExactly(4);
  }

  @Test
  void versionActivatedAtZeroThatFailsWhenWokenGoesBackToTheOneBefore() {
    ServiceVersion old = States.version(1, VersionStatus.RETIRED, true, SPEC);
    ServiceVersion untried =
        States.version(2, VersionStatus.ACTIVE, false, Specs.between(0, 5).run("exec v2").build());
    Replica failed =
        Replicas.in(STARTING, 3, 2, START).withStatus(FAILED, "boom", NOW).withVersionFault();

    ServicePlan plan = plan(States.of(1, List.of(old, untried), List.of(failed)));

    assertThat(plan.actions())
        .contains(
            new Action.SetVersionStatus(
                1, VersionStatus.ACTIVE, "serves again, since the versions after it failed"),
            new Action.Launch(
                100, 1, 1, Wish.ON_DEMAND, "1 replicas of version 1 are wanted, there are 0"));
  }

  @Test
  void lostMachineDoesNotFailAVersionThatWasNeverReady() {
    ServiceVersion first = States.version(1, VersionStatus.ROLLING_OUT, false, SPEC);
    Replica lost = in(STARTING, 1).withStatus(FAILED, "its machine is gone", START);

    assertThat(plan(States.of(1, List.of(first), List.of(lost))).actions())
        .noneMatch(Action.SetVersionStatus.class::isInstance)
        .anyMatch(Action.Launch.class::isInstance);
  }

  @Test
  void rollingUpdateKeepsTheReadyOnesUntilNewOnesAreReady() {
    ServiceVersion second =
        States.version(2, VersionStatus.PENDING, false, Specs.between(0, 5).run("exec v2").build());
    List<Replica> old = List.of(in(READY, 1), in(READY, 2));

    ServicePlan begin = plan(States.of(2, List.of(ACTIVE, second), old));
    assertThat(begin.actions()).filteredOn(Action.Launch.class::isInstance).hasSize(1);
    assertThat(drained(begin)).isEmpty();

    List<Replica> three = new ArrayList<>(old);
    three.add(Replicas.in(READY, 3, 2, START));
    ServicePlan next = plan(States.of(2, List.of(ACTIVE, second), three));
    assertThat(drained(next)).hasSize(1);
    assertThat(next.actions())
        .contains(new Action.MarkVersionReady(2, "replica 3 is ready"))
        .filteredOn(Action.Launch.class::isInstance)
        .hasSize(1);
  }

  @Test
  void onlyTheServiceSectionChangedRelabelsAndRestartsNothing() {
    ServiceVersion second =
        States.version(2, VersionStatus.PENDING, false, Specs.between(0, 5).probe("/up").build());
    List<Replica> old = List.of(in(READY, 1), in(READY, 2));

    ServicePlan begin = plan(States.of(2, List.of(ACTIVE, second), old));
    assertThat(begin.actions()).filteredOn(Action.Relabel.class::isInstance).hasSize(2);
    assertThat(begin.actions())
        .noneMatch(Action.Launch.class::isInstance)
        .noneMatch(Action.Drain.class::isInstance);

    // Relabelled, but the agents still use the old settings: the version is not proven yet.
    List<Replica> relabelled = old.stream().map(replica -> replica.withVersion(2)).toList();
    assertThat(plan(States.of(2, List.of(ACTIVE, second), relabelled)).actions())
        .noneMatch(Action.MarkVersionReady.class::isInstance);

    List<Replica> confirmed =
        List.of(Replicas.in(READY, 1, 2, START), Replicas.in(READY, 2, 2, START));
    assertThat(plan(States.of(2, List.of(ACTIVE, second), confirmed)).actions())
        .contains(
            new Action.SetVersionStatus(2, VersionStatus.ACTIVE, "2 of 2 replicas are ready"),
            new Action.SetVersionStatus(1, VersionStatus.RETIRED, "replaced by version 2"));
  }

  @Test
  void blueGreenSwitchesAllAtOnce() {
    ServiceSpec green =
        Specs.between(0, 5).rollout(Rollout.Mode.BLUE_GREEN, 1, 0).run("exec v2").build();
    ServiceVersion second = States.version(2, VersionStatus.ROLLING_OUT, true, green);
    List<Replica> half =
        List.of(
            in(READY, 1),
            in(READY, 2),
            Replicas.in(READY, 3, 2, START),
            Replicas.in(STARTING, 4, 2, START));
    assertThat(plan(States.of(2, List.of(ACTIVE, second), half)).actions()).isEmpty();

    List<Replica> full =
        List.of(
            in(READY, 1),
            in(READY, 2),
            Replicas.in(READY, 3, 2, START),
            Replicas.in(READY, 4, 2, START));
    ServicePlan plan = plan(States.of(2, List.of(ACTIVE, second), full));
    assertThat(drained(plan)).containsExactly(1, 2);
    assertThat(plan.actions()).first().isInstanceOf(Action.SetVersionStatus.class);
  }

  @Test
  void endingServiceEndsReplicasInEveryStatus() {
    List<Replica> all = List.of(in(PENDING, 1), in(PROVISIONING, 2), in(STARTING, 3), in(READY, 4));

    assertThat(drained(plan(States.ending(List.of(ACTIVE), all)))).containsExactly(1, 2, 3, 4);
  }

  @Test
  void launchThatWasCutOffIsDoneAgainUnderItsOwnIdentity() {
    Replica cut = in(PENDING, 7);

    assertThat(ServicePlanner.plan(States.of(1, List.of(ACTIVE), List.of(cut)), NOW).actions())
        .containsExactly(new Action.Launch(7, 1, 1, Wish.ON_DEMAND, "wanted"));
  }

  private static Replica in(ReplicaStatus status, int id) {
    return Replicas.in(status, id, 1, START);
  }

  private static Replica drains(int id, boolean recallable) {
    return Replicas.in(DRAINING, id, 1, NOW).withRecallable(recallable);
  }

  private static ServicePlan plan(ServiceState state) {
    return ServicePlanner.plan(state, NOW);
  }

  private static List<Integer> drained(ServicePlan plan) {
    return plan.actions().stream()
        .filter(Action.Drain.class::isInstance)
        .map(action -> ((Action.Drain) action).key().replicaId())
        .toList();
  }
}
