package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.agent.ReplicaMachine.Step;
import io.fleetserve.agent.ReplicaState.Stage;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import io.fleetserve.api.wire.AgentBoot.ReplicaTask;
import io.fleetserve.api.wire.AgentBoot.RestartRule;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.api.wire.AgentReport.Phase;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReplicaMachineTest {
  private static final ProbeResult READY = ProbeResult.status(200, "200 OK");
  private static final ProbeResult LOADING = ProbeResult.status(503, "503 Loading");
  private static final ProbeResult REFUSED =
      new ProbeResult(ProbeResult.Kind.REFUSED, "connection refused");
  private static final ServerExit EXIT_7 = new ServerExit(7, "no such weights", false);

  private ReplicaState state = ReplicaMachine.begin(boot("never", 0)).state();
  private List<ReplicaAction> actions = List.of();

  @Test
  void beginsWithWhatTheTaskNeeds() {
    assertThat(ReplicaMachine.begin(boot("never", 0)).actions())
        .startsWith(new ReplicaAction.SpawnRun(1));
    assertThat(ReplicaMachine.begin(boot("make", null, Map.of())).actions())
        .startsWith(new ReplicaAction.RunSetup());
    assertThat(ReplicaMachine.begin(boot("make", "/src", Map.of())).actions())
        .startsWith(new ReplicaAction.Prepare());
    assertThat(ReplicaMachine.begin(boot(null, null, Map.of("a", "/b"))).actions())
        .startsWith(new ReplicaAction.Prepare());
  }

  @Test
  void firstProbeComesSoonAndTheNextWhenThePreviousIsOver() {
    on(new ReplicaEvent.Spawned(5), 1_000);
    assertThat(state.dueAt()).isEqualTo(1_020);

    on(new ReplicaEvent.Due(), 1_020);
    assertThat(actions).containsExactly(new ReplicaAction.SendProbe(1, PROBE));
    assertThat(state.dueAt()).isEqualTo(ReplicaState.NEVER);

    probed(REFUSED, 1_021);
    assertThat(state.dueAt()).isEqualTo(1_041);
  }

  @Test
  void initialDelayCountsFromTheFirstFailedProbe() {
    on(new ReplicaEvent.Spawned(5), 0);
    probed(LOADING, 50_000);
    probed(LOADING, 59_999);
    assertThat(state.phase()).isEqualTo(Phase.STARTING);

    probed(LOADING, 60_000);

    assertThat(state.phase()).isEqualTo(Phase.FAILED_INITIAL_DELAY);
    assertThat(state.reason())
        .isEqualTo("not ready within 10 s of the first failed probe; /h: 503 Loading");
    assertThat(actions).contains(new ReplicaAction.Terminate());
  }

  @Test
  void lastProbeOfTheInitialDelayIsNotLate() {
    on(new ReplicaEvent.Spawned(5), 0);
    probed(LOADING, 1_000);
    probed(LOADING, 10_990);

    assertThat(state.dueAt()).isEqualTo(11_000);
  }

  @Test
  void onceReadyOneFailureIsNotReadyAndTheWindowGivesUp() {
    ready(0);
    assertThat(state.dueAt()).isEqualTo(5_000);

    probed(REFUSED, 5_000);
    assertThat(state.phase()).isEqualTo(Phase.NOT_READY);
    probed(LOADING, 10_000);
    probed(LOADING, 24_999);
    assertThat(state.phase()).isEqualTo(Phase.NOT_READY);

    probed(LOADING, 25_000);
    assertThat(state.phase()).isEqualTo(Phase.FAILED_PROBING);
    assertThat(state.reason()).isEqualTo("probes failed for 20 s; /h: 503 Loading");
  }

  @Test
  void passedProbeEndsTheRowOfFailures() {
    ready(0);
    probed(LOADING, 5_000);
    probed(READY, 24_000);
    probed(LOADING, 26_000);

    assertThat(state.phase()).isEqualTo(Phase.NOT_READY);
    assertThat(state.failingSince()).isEqualTo(26_000);
  }

  @Test
  void unchangedPhaseIsNotReportedEachProbe() {
    on(new ReplicaEvent.Spawned(5), 0);
    probed(REFUSED, 20);
    assertThat(actions).isEmpty();

    probed(READY, 40);
    assertThat(actions).containsExactly(new ReplicaAction.Report());
  }

  @Test
  void probeOfAnEarlierProcessIsIgnored() {
    state = ReplicaMachine.begin(boot("always", 3)).state();
    on(new ReplicaEvent.Spawned(5), 0);
    on(new ReplicaEvent.Exited(1, EXIT_7), 100);
    on(new ReplicaEvent.Due(), 600);

    on(new ReplicaEvent.Probed(1, READY), 601);

    assertThat(state.phase()).isEqualTo(Phase.STARTING);
    assertThat(state.spawn()).isEqualTo(2);
  }

  @Test
  void exitWithoutRestartFails() {
    ready(0);

    on(new ReplicaEvent.Exited(1, EXIT_7), 100);

    assertThat(state.phase()).isEqualTo(Phase.FAILED);
    assertThat(state.reason()).isEqualTo("run exited with 7: no such weights");
    assertThat(state.exitCode()).isEqualTo(7);
    assertThat(state.serverPid()).isZero();
  }

  @Test
  void onFailureDoesNotRestartAfterExitZero() {
    state = ReplicaMachine.begin(boot("on_failure", 3)).state();
    on(new ReplicaEvent.Spawned(5), 0);

    on(new ReplicaEvent.Exited(1, new ServerExit(0, "", false)), 100);

    assertThat(state.phase()).isEqualTo(Phase.FAILED);
    assertThat(state.reason()).isEqualTo("run exited with 0");
  }

  @Test
  void readyServerStartsTheCountOfRestartsAnew() {
    state = ReplicaMachine.begin(boot("always", 1)).state();
    long now = 0;
    for (int restart = 1; restart <= 3; restart++) {
      on(new ReplicaEvent.Spawned(5), now);
      probed(READY, now + 1);
      on(new ReplicaEvent.Exited(state.spawn(), EXIT_7), now + 2);
      assertThat(state.phase()).isEqualTo(Phase.NOT_READY);
      assertThat(state.restarts()).isEqualTo(restart);
      now = state.dueAt();
      on(new ReplicaEvent.Due(), now);
    }
    on(new ReplicaEvent.Spawned(5), now);

    on(new ReplicaEvent.Exited(state.spawn(), EXIT_7), now + 1);

    assertThat(state.phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void stopIsTermGraceTermGraceKill() {
    ready(0);

    on(new ReplicaEvent.StopAsked(1_000, "told"), 100);
    assertThat(state.phase()).isEqualTo(Phase.STOPPING);
    assertThat(actions).contains(new ReplicaAction.Terminate());
    looked("5", 1_099);
    assertThat(actions).isEmpty();
    looked("5", 1_100);
    assertThat(actions).containsExactly(new ReplicaAction.Terminate());
    looked("5", 2_099);
    assertThat(actions).isEmpty();
    looked("5", 2_100);
    assertThat(actions).containsExactly(new ReplicaAction.Kill());
    on(new ReplicaEvent.Exited(1, new ServerExit(137, "", false)), 2_110);
    looked("", 2_111);

    assertThat(state.phase()).isEqualTo(Phase.STOPPED);
    assertThat(actions).containsExactly(new ReplicaAction.Report(), new ReplicaAction.Leave());
  }

  @Test
  void repeatedStopChangesNothing() {
    ready(0);
    on(new ReplicaEvent.StopAsked(1_000, "told"), 100);
    ReplicaState once = state;

    on(new ReplicaEvent.StopAsked(9_000, "again"), 200);

    assertThat(state).isEqualTo(once);
    assertThat(actions).isEmpty();
  }

  @Test
  void stopOfAFailedReplicaLeaves() {
    ready(0);
    on(new ReplicaEvent.Exited(1, EXIT_7), 100);
    looked("", 120);
    assertThat(state.stage()).isEqualTo(Stage.OVER);
    assertThat(state.phase()).isEqualTo(Phase.FAILED);

    on(new ReplicaEvent.StopAsked(1_000, "told"), 500);
    on(new ReplicaEvent.Due(), 500);
    looked("", 501);

    assertThat(state.phase()).isEqualTo(Phase.STOPPED);
  }

  @Test
  void configureOfAnotherProbeProbesAtOnce() {
    ready(0);
    ProbeRule other = new ProbeRule("/other", null, Map.of(), 1, 1, 1_000, 1);

    on(
        new ReplicaEvent.Configured(
            new AgentCommand.Configure(2, other, new RestartRule("always", 1))),
        100);

    assertThat(state.version()).isEqualTo(2);
    assertThat(state.dueAt()).isEqualTo(100);
    assertThat(state.phase()).isEqualTo(Phase.READY);
  }

  @Test
  void anyOrderOfEventsIsStoodAndAStopAlwaysEnds() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      state = ReplicaMachine.begin(boot(random.nextBoolean() ? "always" : "never", 2)).state();
      long now = 0;
      for (int i = 0; i < 60; i++) {
        now += random.nextInt(3_000);
        on(event(random), now);
        assertThat(state.phase() == Phase.STOPPED && !state.leaving()).as("seed " + seed).isFalse();
      }
      on(new ReplicaEvent.StopAsked(100, "told"), now);
      on(new ReplicaEvent.Exited(state.spawn(), EXIT_7), now);
      looked("", now + 1);
      assertThat(state.phase()).as("seed " + seed).isEqualTo(Phase.STOPPED);
    }
  }

  private ReplicaEvent event(Random random) {
    return switch (random.nextInt(11)) {
      case 0 -> new ReplicaEvent.Prepared();
      case 1 -> new ReplicaEvent.SetupEnded(new ServerExit(random.nextInt(2), "", false));
      case 2 -> new ReplicaEvent.Spawned(1 + random.nextInt(9));
      case 3 -> new ReplicaEvent.Exited(random.nextInt(3), EXIT_7);
      case 4 -> new ReplicaEvent.Probed(random.nextInt(3), READY);
      case 5 -> new ReplicaEvent.Probed(state.spawn(), LOADING);
      case 6 -> new ReplicaEvent.Looked(random.nextBoolean() ? "" : "7");
      case 7 -> new ReplicaEvent.PrepareFailed("no");
      case 8 -> new ReplicaEvent.SpawnFailed("no");
      default -> new ReplicaEvent.Due();
    };
  }

  private static final ProbeRule PROBE =
      new ProbeRule("/h", null, Map.of(), 10_000, 1_000, 5_000, 20_000);

  private void ready(long now) {
    on(new ReplicaEvent.Spawned(5), now);
    probed(READY, now);
  }

  private void probed(ProbeResult result, long now) {
    on(new ReplicaEvent.Probed(state.spawn(), result), now);
  }

  private void looked(String pids, long now) {
    on(new ReplicaEvent.Looked(pids), now);
  }

  private void on(ReplicaEvent event, long now) {
    Step step = ReplicaMachine.on(state, event, now);
    state = step.state();
    actions = step.actions();
  }

  private static AgentBoot boot(String policy, int maxRestarts) {
    return boot(null, null, Map.of(), new RestartRule(policy, maxRestarts));
  }

  private static AgentBoot boot(
      @org.jspecify.annotations.Nullable String setup,
      @org.jspecify.annotations.Nullable String workdir,
      Map<String, String> mounts) {
    return boot(setup, workdir, mounts, new RestartRule("never", 0));
  }

  private static AgentBoot boot(
      @org.jspecify.annotations.Nullable String setup,
      @org.jspecify.annotations.Nullable String workdir,
      Map<String, String> mounts,
      RestartRule restart) {
    ReplicaTask task =
        new ReplicaTask(
            setup, "run", Map.of(), "127.0.0.1", 0, workdir, mounts, 0, 0, 4096, restart, 1_000);
    return new AgentBoot(
        "i", "s", 1, 1, 1, "a", "http://127.0.0.1:9", "t", null, false, "/f", task, PROBE);
  }
}
