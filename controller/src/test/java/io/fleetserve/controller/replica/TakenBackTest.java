package io.fleetserve.controller.replica;

import static io.fleetserve.controller.replica.Signals.REF;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.AgentReport.Phase;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.Lifetime;
import io.fleetserve.provider.Ownership;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ends of servers on machines that their provider may take back.
final class TakenBackTest {
  private static final Instant START = VirtualClock.EPOCH;
  private static final Instant LATER = START.plusSeconds(7);

  @Test
  void aNoticeIsKeptAndToldOnceWhileTheReplicaServes() {
    Replica ready = Replicas.in(ReplicaStatus.READY, 1, 1, START);
    Instant end = START.plusSeconds(120);
    ReplicaSignal notice =
        new ReplicaSignal.InstanceSeen(Signals.instance(Instance.State.RUNNING, end));

    Transition first = ReplicaMachine.on(ready, notice, START);
    Transition again = ReplicaMachine.on(first.next(), notice, START.plusSeconds(5));

    assertThat(first.next().status()).isEqualTo(ReplicaStatus.READY);
    assertThat(first.next().machine().preemptionAt()).isEqualTo(end);
    assertThat(first.events())
        .extracting(EventDraft::type)
        .containsExactly(EventType.REPLICA_NOTICED);
    assertThat(again.events()).isEmpty();
  }

  @Test
  void anEarlierEndReplacesTheOneThatWasAnnounced() {
    Replica ready = Replicas.in(ReplicaStatus.READY, 1, 1, START);
    Instant walltime = START.plusSeconds(3_600);
    Instant grace = START.plusSeconds(60);
    Instance ending =
        new Instance(
            REF,
            new Ownership("inst", Replicas.SERVICE, 1, 1),
            "a1",
            Instance.State.RUNNING,
            START,
            walltime,
            new Lifetime(START, walltime, Duration.ZERO),
            null,
            "RUNNING");
    Instance preempted = Signals.instance(Instance.State.RUNNING, grace);

    Replica handed = ReplicaMachine.on(ready, new ReplicaSignal.InstanceSeen(ending), START).next();
    Transition taken =
        ReplicaMachine.on(handed, new ReplicaSignal.InstanceSeen(preempted), START.plusSeconds(1));
    Transition later =
        ReplicaMachine.on(
            taken.next(), new ReplicaSignal.InstanceSeen(ending), START.plusSeconds(2));

    assertThat(handed.machine().takenBack()).isFalse();
    assertThat(taken.next().machine().preemptionAt()).isEqualTo(grace);
    assertThat(taken.next().machine().takenBack()).isTrue();
    assertThat(taken.events()).hasSize(1);
    assertThat(later.next().machine()).isEqualTo(taken.next().machine());
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"STOPPED", "FAILED", "FAILED_PROBING", "FAILED_INITIAL_DELAY"})
  void endOnAnAnnouncedMachineIsThePreemptionAndNotTheVersionsFault(Phase phase) {
    Replica leaving = spot(ReplicaStatus.READY, true);

    Replica ended =
        ReplicaMachine.on(
                leaving, new ReplicaSignal.Reported(Replicas.report(leaving, phase)), LATER)
            .next();

    assertThat(ended.status()).isEqualTo(ReplicaStatus.PREEMPTED);
    assertThat(ended.versionFault()).isFalse();
    assertThat(ended.reason()).contains("agent says " + phase);
    assertThat(ended.holdsMachine()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void onlyNewEndsOnSpotMachinesAreDoubtful(Phase phase) {
    Replica spot = spot(ReplicaStatus.READY, false);
    Replica onDemand = Replicas.in(ReplicaStatus.READY, 1, 1, START);
    Replica over = spot(ReplicaStatus.SHUTTING_DOWN, false);
    boolean end = phase == Phase.STOPPED || phase.name().startsWith("FAILED");

    assertThat(ReplicaMachine.isDoubtful(spot, Replicas.report(spot, phase))).isEqualTo(end);
    assertThat(ReplicaMachine.isDoubtful(spot, Replicas.report(spot, phase, 1))).isFalse();
    assertThat(ReplicaMachine.isDoubtful(onDemand, Replicas.report(onDemand, phase))).isFalse();
    assertThat(ReplicaMachine.isDoubtful(over, Replicas.report(over, phase))).isFalse();
  }

  @Test
  void doubtTakesAReplicaOutOfRoutingAndLeavesItsReportToCome() {
    Replica spot = spot(ReplicaStatus.READY, false);

    Replica doubted =
        ReplicaMachine.on(
                spot, new ReplicaSignal.EndDoubted(Replicas.report(spot, Phase.FAILED)), LATER)
            .next();
    Replica failed =
        ReplicaMachine.on(
                doubted, new ReplicaSignal.Reported(Replicas.report(spot, Phase.FAILED)), LATER)
            .next();

    assertThat(doubted.status()).isEqualTo(ReplicaStatus.NOT_READY);
    assertThat(failed.status()).isEqualTo(ReplicaStatus.FAILED);
    assertThat(failed.versionFault()).isTrue();
  }

  private static Replica spot(ReplicaStatus status, boolean leaving) {
    Replica replica = Replicas.in(status, 1, 1, START);
    Machine spot = new Machine("local", null, null, "", "2 CPUs", 0, true, null);
    return replica.withMachine(leaving ? spot.withPreemptionAt(LATER, START, false) : spot);
  }
}
