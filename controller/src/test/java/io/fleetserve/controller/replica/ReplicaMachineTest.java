package io.fleetserve.controller.replica;

import static io.fleetserve.api.status.ReplicaStatus.DRAINING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_CLEANUP;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROBING;
import static io.fleetserve.api.status.ReplicaStatus.FAILED_PROVISION;
import static io.fleetserve.api.status.ReplicaStatus.NOT_READY;
import static io.fleetserve.api.status.ReplicaStatus.PENDING;
import static io.fleetserve.api.status.ReplicaStatus.PREEMPTED;
import static io.fleetserve.api.status.ReplicaStatus.PROVISIONING;
import static io.fleetserve.api.status.ReplicaStatus.READY;
import static io.fleetserve.api.status.ReplicaStatus.SHUTTING_DOWN;
import static io.fleetserve.api.status.ReplicaStatus.STARTING;
import static io.fleetserve.api.status.ReplicaStatus.UNKNOWN;
import static io.fleetserve.controller.replica.Signals.REF;
import static io.fleetserve.controller.replica.Signals.SOLD_OUT;
import static io.fleetserve.controller.replica.Signals.reported;
import static io.fleetserve.controller.replica.Signals.seen;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.AgentReport.Phase;
import io.fleetserve.controller.fixture.Replicas;
import io.fleetserve.controller.model.EventDraft;
import io.fleetserve.controller.model.EventType;
import io.fleetserve.controller.model.Machine;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.ProviderError;
import io.fleetserve.testing.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReplicaMachineTest {
  private static final Instant START = VirtualClock.EPOCH;
  private static final Instant LATER = START.plusSeconds(7);

  @Test
  void walksFromWantedToReady() {
    Replica replica = Replicas.in(PENDING, 1, 1, START);

    replica =
        after(replica, new ReplicaSignal.Asked("a1", Replicas.machine("local", "2 CPUs", null)));
    assertThat(replica.status()).isEqualTo(PROVISIONING);
    assertThat(replica.attemptId()).isEqualTo("a1");
    replica = after(replica, new ReplicaSignal.Accepted(REF));
    assertThat(replica.instance()).isEqualTo(REF);
    replica = after(replica, reported(replica, Phase.PREPARING));
    assertThat(replica.status()).isEqualTo(STARTING);
    Transition ready = ReplicaMachine.on(replica, reported(replica, Phase.READY), LATER);

    assertThat(ready.next().status()).isEqualTo(READY);
    assertThat(ready.next().firstReadyAt()).isEqualTo(LATER);
    assertThat(ready.events())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.type()).isEqualTo(EventType.REPLICA_READY);
          assertThat(event.message()).contains("127.0.0.1:40001", "7.000 s after its launch");
        });
  }

  @Test
  void walksFromReadyToGone() {
    Replica replica = Replicas.in(READY, 1, 1, START);

    replica = after(replica, new ReplicaSignal.DrainWanted("2 wanted, there are 3"));
    assertThat(replica.status()).isEqualTo(DRAINING);
    assertThat(replica.reason()).isEqualTo("2 wanted, there are 3");
    replica = after(replica, new ReplicaSignal.Drained("idle"));
    replica = after(replica, new ReplicaSignal.StopSent());
    assertThat(replica.cleanup().stopSentAt()).isEqualTo(LATER);
    replica = after(replica, reported(replica, Phase.STOPPING));
    assertThat(replica.status()).isEqualTo(SHUTTING_DOWN);
    assertThat(replica.cleanup().stopped()).isFalse();
    replica = after(replica, reported(replica, Phase.STOPPED));
    assertThat(replica.cleanup().stopped()).isTrue();
    replica = after(replica, new ReplicaSignal.TerminateSent());
    Transition gone = ReplicaMachine.on(replica, new ReplicaSignal.Terminated(), LATER);

    assertThat(gone.next().holdsMachine()).isFalse();
    assertThat(gone.events())
        .extracting(EventDraft::type)
        .containsExactly(EventType.REPLICA_STOPPED);
  }

  @Test
  void losesAndRegainsReadinessWithOneEventEach() {
    Replica ready = Replicas.in(READY, 1, 1, START);

    Transition lost = ReplicaMachine.on(ready, reported(ready, Phase.NOT_READY), LATER);
    Transition again =
        ReplicaMachine.on(
            lost.next(), reported(lost.next(), Phase.NOT_READY), LATER.plusSeconds(1));
    Transition back =
        ReplicaMachine.on(again.next(), reported(again.next(), Phase.READY), LATER.plusSeconds(2));

    assertThat(lost.next().status()).isEqualTo(NOT_READY);
    assertThat(lost.events())
        .extracting(EventDraft::type)
        .containsExactly(EventType.REPLICA_NOT_READY);
    assertThat(again.events()).isEmpty();
    assertThat(again.next().statusSince()).isEqualTo(LATER);
    assertThat(back.next().status()).isEqualTo(READY);
    assertThat(back.next().firstReadyAt()).isEqualTo(START);
    assertThat(back.events()).extracting(EventDraft::type).containsExactly(EventType.REPLICA_READY);
  }

  @Test
  void serverRestartedByItsAgentIsNotReadyRatherThanStarting() {
    Replica ready = Replicas.in(READY, 1, 1, START);

    assertThat(after(ready, reported(ready, Phase.STARTING)).status()).isEqualTo(NOT_READY);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"FAILED", "FAILED_INITIAL_DELAY", "FAILED_PROBING"})
  void failureOfTheServerIsTheVersionsAndKeepsItsMachineUntilItIsTerminated(Phase phase) {
    Replica starting = Replicas.in(STARTING, 1, 1, START);

    Replica failed = after(starting, reported(starting, phase));

    assertThat(failed.status().name()).isEqualTo(phase.name());
    assertThat(failed.versionFault()).isTrue();
    assertThat(failed.holdsMachine()).isTrue();
    Replica released = after(failed, new ReplicaSignal.Terminated());
    assertThat(released.status()).isEqualTo(failed.status());
    assertThat(released.statusSince()).isEqualTo(failed.statusSince());
    assertThat(released.holdsMachine()).isFalse();
  }

  @Test
  void oldReportOfAnyKindChangesNothing() {
    Replica ready = Replicas.in(READY, 1, 1, START);
    AgentReport repeat = Replicas.report(ready, Phase.FAILED, 1);
    AgentReport other = report(ready, 2, 9);

    assertThat(after(ready, new ReplicaSignal.Reported(repeat))).isEqualTo(ready);
    assertThat(after(ready, new ReplicaSignal.Reported(other))).isEqualTo(ready);
  }

  @Test
  void readyWithoutAnAddressIsNotReady() {
    Replica starting = Replicas.in(STARTING, 1, 1, START);
    AgentReport r = Replicas.report(starting, Phase.READY);
    AgentReport noHost =
        new AgentReport(
            r.service(), 1, 1, r.sequence(), 1, Phase.READY, null, 0, 1, 2, null, 0, "", null);

    assertThat(after(starting, new ReplicaSignal.Reported(noHost)).status()).isEqualTo(STARTING);
  }

  @Test
  void lostMachineIsNotTheVersionsFault() {
    Replica ready = Replicas.in(READY, 1, 1, START);

    Replica failed = after(ready, seen(Instance.State.FAILED));
    Replica preempted = after(ready, seen(Instance.State.PREEMPTED));
    Replica gone = after(ready, new ReplicaSignal.InstanceGone());

    assertThat(failed.status()).isEqualTo(FAILED);
    assertThat(failed.versionFault()).isFalse();
    assertThat(failed.holdsMachine()).isTrue();
    assertThat(preempted.status()).isEqualTo(PREEMPTED);
    assertThat(gone.status()).isEqualTo(FAILED);
    assertThat(gone.holdsMachine()).isFalse();
  }

  @Test
  void instanceThatComesAfterItWasGivenUpIsEnded() {
    Replica provisioning = Replicas.in(PROVISIONING, 1, 1, START);

    Replica givenUp = after(provisioning, new ReplicaSignal.GivenUp("no word for 600 s"));
    assertThat(givenUp.status()).isEqualTo(FAILED_PROVISION);
    Replica released = after(givenUp, new ReplicaSignal.Terminated());
    Replica late = after(released, new ReplicaSignal.Accepted(REF));

    assertThat(late.status()).isEqualTo(FAILED_PROVISION);
    assertThat(late.holdsMachine()).isTrue();
    assertThat(late.instance()).isEqualTo(REF);
  }

  @Test
  void lostAnswerOfACreateIsFoundOrGivenUpNeverForgotten() {
    Replica provisioning = Replicas.in(PROVISIONING, 1, 1, START);
    ProviderError timeout =
        new ProviderError(ProviderError.Category.OUTCOME_UNKNOWN, null, null, "timed out");

    Replica running = after(provisioning, new ReplicaSignal.InstanceGone());
    assertThat(running).as("the call is still out").isEqualTo(provisioning);
    Replica unknown = after(provisioning, new ReplicaSignal.OutcomeUnknown(timeout));
    assertThat(unknown.status()).isEqualTo(PROVISIONING);
    assertThat(unknown.reason()).contains("timed out");
    assertThat(after(unknown, seen(Instance.State.RUNNING)).instance()).isEqualTo(REF);
    Replica none = after(unknown, new ReplicaSignal.InstanceGone());
    assertThat(none.status()).isEqualTo(FAILED_PROVISION);
    assertThat(none.holdsMachine()).isFalse();
  }

  @Test
  void onlyInvalidRequestBlamesTheVersion() {
    Replica provisioning = Replicas.in(PROVISIONING, 1, 1, START);

    for (ProviderError.Category category : ProviderError.Category.values()) {
      Replica rejected =
          after(
              provisioning,
              new ReplicaSignal.Rejected(new ProviderError(category, null, null, "no")));
      assertThat(rejected.status()).isEqualTo(FAILED_PROVISION);
      assertThat(rejected.holdsMachine()).isFalse();
      assertThat(rejected.versionFault())
          .isEqualTo(category == ProviderError.Category.INVALID_REQUEST);
    }
  }

  @Test
  void cleanupThatFailsIsToldAtOneTwoFourEightFailuresAndNeverDropped() {
    Replica ending = Replicas.in(SHUTTING_DOWN, 1, 1, START);
    int told = 0;

    for (int i = 0; i < 100; i++) {
      Transition next =
          ReplicaMachine.on(ending, new ReplicaSignal.CleanupFailed("disk on fire"), LATER);
      told += next.events().size();
      ending = next.next();
      assertThat(ending.status()).isEqualTo(FAILED_CLEANUP);
      assertThat(ending.holdsMachine()).isTrue();
    }

    assertThat(told).isEqualTo(7);
    assertThat(ending.cleanup().failures()).isEqualTo(100);
    assertThat(after(ending, new ReplicaSignal.Terminated()).holdsMachine()).isFalse();
  }

  @Test
  void silentAgentIsReplacedOnlyAfterFiveMinutes() {
    Replica ready = Replicas.in(READY, 1, 1, START);

    assertThat(after(ready, new ReplicaSignal.AgentSilent(Duration.ofSeconds(14))))
        .isEqualTo(ready);
    assertThat(after(ready, new ReplicaSignal.AgentSilent(Duration.ofSeconds(299))).status())
        .isEqualTo(READY);
    assertThat(after(ready, new ReplicaSignal.AgentSilent(Duration.ofSeconds(300))).status())
        .isEqualTo(FAILED_PROBING);
  }

  /// Every status times every signal: an answer, never an exception; a failed or released row never
  /// comes back to life, and a row that held a machine only lets go when somebody said it is gone.
  @ParameterizedTest
  @EnumSource(ReplicaStatus.class)
  void everySignalHasAnAnswerInEveryStatus(ReplicaStatus status) {
    for (boolean released : new boolean[] {false, true}) {
      Replica replica = Replicas.in(status, 1, 1, START);
      if (released) {
        replica = replica.withCleanup(replica.cleanup().withReleased());
      }
      for (ReplicaSignal signal : Signals.all(replica)) {
        Transition once = ReplicaMachine.on(replica, signal, LATER);
        Replica next = once.next();

        String pair = status + " " + signal;
        assertThat(next.key()).as(pair).isEqualTo(replica.key());
        assertThat(next.reason()).as(pair).isNotNull();
        if (status.isFailed() && status != UNKNOWN) {
          assertThat(next.status().isAlive()).as(pair).isFalse();
        }
        if (status.isEnding()) {
          assertThat(next.status().isAlive()).as(pair).isFalse();
        }
        if (replica.holdsMachine() && !next.holdsMachine()) {
          assertThat(Signals.saysNothingIsLeft(signal) || status == PENDING).as(pair).isTrue();
        }
        Transition twice = ReplicaMachine.on(next, signal, LATER);
        if (!(signal instanceof ReplicaSignal.CleanupFailed)) {
          assertThat(twice.next()).as("twice: " + pair).isEqualTo(next);
          assertThat(twice.events()).as("twice: " + pair).isEmpty();
        }
      }
    }
  }

  private static AgentReport report(Replica replica, int generation, long sequence) {
    AgentReport r = Replicas.report(replica, Phase.FAILED, sequence);
    return new AgentReport(
        r.service(),
        r.replicaId(),
        generation,
        sequence,
        r.version(),
        r.phase(),
        r.host(),
        r.port(),
        r.agentPid(),
        r.serverPid(),
        r.exitCode(),
        r.restarts(),
        r.reason(),
        r.lastProbe());
  }

  private static Replica after(Replica replica, ReplicaSignal signal) {
    return ReplicaMachine.on(replica, signal, LATER).next();
  }

  @Test
  void aRefusedCreateGoesOnWithAnotherOfferUnderANewAttempt() {
    Replica asked = Replicas.in(ReplicaStatus.PROVISIONING, 1, 1, START);
    Instant later = START.plusSeconds(20);

    Transition moved =
        ReplicaMachine.on(
            asked,
            new ReplicaSignal.Rerouted("a2", Replicas.machine("aws", "8 H100", null), SOLD_OUT),
            later);

    assertThat(moved.next().status()).isEqualTo(ReplicaStatus.PROVISIONING);
    assertThat(moved.next().attemptId()).isEqualTo("a2");
    assertThat(moved.next().launchedAt()).isEqualTo(later);
    assertThat(moved.next().machine().provider()).isEqualTo("aws");
    assertThat(moved.events())
        .singleElement()
        .extracting(EventDraft::message)
        .asString()
        .contains("aws (8 H100)", "local said: sold out");
  }

  @Test
  void aReplicaThatEndsIsNotMovedToAnotherOffer() {
    Replica ending =
        ReplicaMachine.on(
                Replicas.in(ReplicaStatus.PROVISIONING, 1, 1, START),
                new ReplicaSignal.DrainWanted("not wanted"),
                START)
            .next();

    assertThat(
            ReplicaMachine.on(
                    ending, new ReplicaSignal.Rerouted("a2", Machine.NONE, SOLD_OUT), START)
                .next())
        .isEqualTo(ending);
  }

  @Test
  void aDrainingReplicaIsCalledBackOnlyWhileItServesAndNothingElseWantsItGone() {
    Replica ready = Replicas.in(READY, 1, 1, START);
    Replica surplus = after(ready, new ReplicaSignal.DrainWanted("too many", true));
    ReplicaSignal recall = new ReplicaSignal.Recalled("2 wanted");

    assertThat(after(surplus, recall).status()).isEqualTo(READY);
    assertThat(after(surplus, recall).recallable()).isFalse();
    for (Replica gone :
        List.of(
            after(ready, new ReplicaSignal.DrainWanted("ended on request")),
            after(surplus, new ReplicaSignal.DrainWanted("ended on request")),
            after(surplus, new ReplicaSignal.StopSent()),
            after(surplus, reported(surplus, Phase.NOT_READY)),
            after(
                Replicas.in(NOT_READY, 1, 1, START),
                new ReplicaSignal.DrainWanted("too many", true)))) {
      assertThat(after(gone, recall).status()).isEqualTo(DRAINING);
    }
  }

  @Test
  void aMachineThatWaitsAtItsProviderMovesTheTimeItsAgentHasToReport() {
    Replica asked = Replicas.in(ReplicaStatus.PROVISIONING, 1, 1, START);
    Instant hours = START.plusSeconds(20_000);

    Replica waits = ReplicaMachine.on(asked, seen(Instance.State.PENDING), hours).next();
    Replica runs = ReplicaMachine.on(waits, seen(Instance.State.RUNNING), LATER).next();

    assertThat(waits.status()).isEqualTo(ReplicaStatus.PROVISIONING);
    assertThat(waits.startedAt()).isEqualTo(hours);
    assertThat(runs.startedAt()).isEqualTo(hours);
    assertThat(asked.startedAt()).isEqualTo(START);
  }
}
