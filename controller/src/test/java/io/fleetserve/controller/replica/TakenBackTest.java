package io.fleetserve.controller.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.AgentReport.Phase;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ends of servers on machines that their provider may take back.
final class TakenBackTest {
  private static final Instant START = VirtualClock.EPOCH;
  private static final Instant LATER = START.plusSeconds(7);

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
