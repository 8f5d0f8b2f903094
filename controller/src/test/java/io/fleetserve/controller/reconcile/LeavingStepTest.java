package io.fleetserve.controller.reconcile;

import static io.fleetserve.api.status.ReplicaStatus.DRAINING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_CLEANUP;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.SHUTTING_DOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.status.VersionStatus;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.fixture.Specs;
import io.fleetserve.controller.fixture.States;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ServiceVersion;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the planner does with replicas that leave, and with those nobody hears of.
final class LeavingStepTest {
  private static final Instant START = VirtualClock.EPOCH;
  private static final Instant NOW = START.plusSeconds(60);
  private static final ServiceVersion ACTIVE =
      States.version(1, VersionStatus.ACTIVE, true, Specs.between(0, 5).build());

  @Test
  void drainingEndsWhenIdleEverywhereOrAtItsTimeout() {
    ServiceVersion version =
        States.version(1, VersionStatus.ACTIVE, true, Specs.fixed(0).drain(30, 1).build());
    ServiceState state = States.of(0, List.of(version), List.of(in(DRAINING, 1)));

    ServicePlan busy = ServicePlanner.plan(state, START.plusSeconds(29));
    assertThat(busy.actions()).isEmpty();
    assertThat(busy.wakeAt()).isEqualTo(START.plusSeconds(30));
    assertThat(
            ServicePlanner.plan(States.drained(state, Replicas.key(1)), START.plusSeconds(1))
                .actions())
        .containsExactly(new Action.Stop(Replicas.key(1), "drained: no request is in flight"));
    assertThat(
            ServicePlanner.plan(
                    States.withLoad(state, Map.of(Replicas.key(1), 3)), START.plusSeconds(30))
                .actions())
        .containsExactly(
            new Action.Stop(
                Replicas.key(1), "drain timeout of 30 s is over, 3 requests in flight"));
  }

  @Test
  void deafAgentIsTerminatedAfterTwoGracesAndFiveSeconds() {
    ServiceVersion version =
        States.version(1, VersionStatus.ACTIVE, true, Specs.fixed(0).drain(30, 2).build());
    Replica stopping = in(SHUTTING_DOWN, 1);
    stopping = stopping.withCleanup(stopping.cleanup().withStopSentAt(START));
    ServiceState state = States.of(0, List.of(version), List.of(stopping));

    ServicePlan early = ServicePlanner.plan(state, START.plusMillis(8999));
    assertThat(early.actions()).isEmpty();
    assertThat(early.wakeAt()).isEqualTo(START.plusSeconds(9));
    assertThat(ServicePlanner.plan(state, START.plusSeconds(9)).actions())
        .containsExactly(
            new Action.Terminate(Replicas.key(1), "its agent did not stop it within 9 s"));
  }

  @Test
  void failedCleanupIsRetriedWithBackoffUntilNothingIsLeft() {
    Replica stuck = in(SHUTTING_DOWN, 1).withStatus(FAILED_CLEANUP, "no disk", START);
    stuck = stuck.withCleanup(stuck.cleanup().withFailure(START).withFailure(START));
    ServiceState state = States.ending(List.of(ACTIVE), List.of(stuck));

    assertThat(ServicePlanner.plan(state, START.plusSeconds(1)).actions()).isEmpty();
    assertThat(ServicePlanner.plan(state, START.plusSeconds(2)).actions())
        .singleElement()
        .isInstanceOf(Action.Terminate.class);
    Replica gone = stuck.withCleanup(stuck.cleanup().withReleased());
    assertThat(ServicePlanner.plan(States.ending(List.of(ACTIVE), List.of(gone)), NOW).actions())
        .containsExactly(
            new Action.Forget(Replicas.key(1), "nothing is left"),
            new Action.EndService("no replica is left"));
  }

  @Test
  void replicaWhoseMachineWaitsInAQueueIsNotGivenUpBeforeItsTimeHasCome() {
    Replica queued =
        in(PROVISIONING, 1)
            .withInstance(new InstanceRef("slurm", "i-1"), false)
            .withQueuedAt(START.plusSeconds(5000), "slurm/a/b: PENDING: no free resources");
    ServiceState state = States.of(1, List.of(ACTIVE), List.of(queued));

    assertThat(ServicePlanner.plan(state, START.plusSeconds(5599)).actions())
        .singleElement()
        .isInstanceOf(Action.Inspect.class);
    assertThat(ServicePlanner.plan(state, START.plusSeconds(5600)).actions())
        .singleElement()
        .isInstanceOf(Action.GiveUp.class);
  }

  @Test
  void replicaWhoseAgentNeverReportsIsLookedAtAndGivenUp() {
    Replica silent = in(PROVISIONING, 1).withInstance(new InstanceRef("local", "i-1"), false);
    ServiceState state = States.of(1, List.of(ACTIVE), List.of(silent));

    assertThat(ServicePlanner.plan(state, START.plusSeconds(9)).actions()).isEmpty();
    assertThat(ServicePlanner.plan(state, START.plusSeconds(10)).actions())
        .singleElement()
        .isInstanceOf(Action.Inspect.class);
    assertThat(ServicePlanner.plan(state, START.plusSeconds(600)).actions())
        .singleElement()
        .isInstanceOf(Action.GiveUp.class);
  }

  @Test
  void olderFailedRowsAreForgottenBeyondTheHistory() {
    List<Replica> rows = new ArrayList<>();
    rows.add(in(READY, 50));
    for (int id = 1; id <= 25; id++) {
      rows.add(Replicas.in(FAILED_PROVISION, id, 1, START.plusSeconds(id)));
    }

    ServicePlan plan = ServicePlanner.plan(States.of(1, List.of(ACTIVE), rows), NOW);

    assertThat(plan.actions())
        .allSatisfy(action -> assertThat(action).isInstanceOf(Action.Forget.class))
        .extracting(action -> ((Action.Forget) action).key().replicaId())
        .containsExactly(5, 4, 3, 2, 1);
  }

  private static Replica in(ReplicaStatus status, int id) {
    return Replicas.in(status, id, 1, START);
  }
}
