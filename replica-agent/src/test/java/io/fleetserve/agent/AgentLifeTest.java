package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.wire.AgentBoot.ProbeRule;
import io.fleetserve.api.wire.AgentBoot.RestartRule;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.AgentReport.Phase;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The life of a replica with real servers, and servers that misbehave.
final class AgentLifeTest {
  @TempDir Path folder;

  @Test
  void serverBecomesReadyAndEndsOnCommand() {
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, TestBoot.server(folder)))) {
      AgentReport ready = agent.await(Phase.READY);
      assertThat(ready.host()).isEqualTo("127.0.0.1");
      assertThat(ready.port()).isBetween(FreePort.FIRST, FreePort.FIRST + FreePort.COUNT);
      assertThat(ready.lastProbe()).isEqualTo("200 OK");
      assertThat(LinuxProcess.of(ready.serverPid()).orElseThrow().session())
          .isEqualTo(ready.serverPid());

      agent.stop(5_000);
      agent.awaitEnd();

      // The newest state wins: a stop that is over at once may be told as STOPPED alone.
      assertThat(agent.controller.phases())
          .startsWith(Phase.STARTING, Phase.READY)
          .endsWith(Phase.STOPPED);
      assertThat(agent.controller.reports().getLast().exitCode()).isEqualTo(143);
      assertThat(agent.controller.authorizations()).containsOnly("Bearer secret-token");
      assertThat(agent.controller.reports()).extracting(AgentReport::sequence).isSorted();
      assertThat(folder.resolve("replicas/svc-1-1/ended")).exists();
    }
  }

  @Test
  void environmentHoldsTheReplicasOwnButNotTheAgents() {
    TestBoot boot =
        TestBoot.of(folder, "env | sort; echo; exec sleep 1000").withEnv(Map.of("KEY", "a b"));
    try (RunningAgent agent = new RunningAgent(boot)) {
      await().until(() -> agent.controller.logText().contains("\n\n"));

      assertThat(agent.controller.logText())
          .contains("KEY=a b\n", "PATH=", "FLEETSERVE_ATTEMPT_ID=t", "FLEETSERVE_INSTALLATION=test")
          .containsPattern("PORT=2\\d{4}\n")
          .doesNotContain("AWS_SECRET", "secret-token");
    }
  }

  @Test
  void exitIsReportedWithCodeAndLastLine() {
    TestBoot boot = TestBoot.of(folder, "echo loading\necho no such weights >&2\nexit 7");
    try (RunningAgent agent = new RunningAgent(boot)) {
      AgentReport failed = agent.await(Phase.FAILED);

      assertThat(failed.reason()).isEqualTo("run exited with 7: no such weights");
      assertThat(failed.exitCode()).isEqualTo(7);
      assertThat(agent.alive()).isTrue();

      agent.stop(1_000);
      agent.await(Phase.STOPPED);
      agent.awaitEnd();
      assertThat(agent.controller.logText()).isEqualTo("loading\nno such weights\n");
    }
  }

  @Test
  void killedServerIsReportedAndWhatItForkedIsEnded() {
    String run = "sleep 1011 & setsid sleep 1012 & " + TestBoot.server(folder);
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run))) {
      long server = agent.await(Phase.READY).serverPid();
      LinuxProcess.of(server).orElseThrow().kill();

      AgentReport failed = agent.await(Phase.FAILED);

      assertThat(failed.reason()).startsWith("run was killed by SIGKILL (137)");
      assertThat(failed.exitCode()).isEqualTo(137);
      await().until(() -> agent.processes().isEmpty());
    }
  }

  @Test
  void serverThatIgnoresSigtermForksAndDetachesIsEnded() {
    String unmarked = "1023." + ProcessHandle.current().pid();
    String run =
        """
        trap '' TERM HUP
        setsid sleep 1021 &
        (setsid bash -c 'trap "" TERM; sleep 1022; true' &)
        env -i setsid bash -c 'trap "" TERM; sleep UNMARKED; true' &
        python3 -m http.server --bind 127.0.0.1 $PORT &
        while true; do sleep 1; done
        """
            .replace("UNMARKED", unmarked);
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run).withProbe(root(60_000)))) {
      agent.await(Phase.READY);

      agent.stop(100);
      agent.awaitEnd();

      assertThat(agent.processes()).isEmpty();
      assertThat(ProcessHandle.allProcesses())
          .noneMatch(process -> process.info().commandLine().orElse("").endsWith(unmarked));
      assertThat(agent.controller.reports().getLast().phase()).isEqualTo(Phase.STOPPED);
    }
  }

  @Test
  void serverThatHangsOnTheFirstSigtermEndsOnTheSecond() {
    String run =
        """
        n=0
        trap 'n=$((n + 1)); [ $n -lt 2 ] || exit 42' TERM
        echo trapped
        while true; do sleep 0.02; done
        """;
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run))) {
      await().until(() -> agent.controller.logText().contains("trapped"));

      agent.stop(300);
      agent.awaitEnd();

      assertThat(agent.controller.reports().getLast().exitCode()).isEqualTo(42);
    }
  }

  @Test
  void serverThatNeverListensFailsAfterItsInitialDelayAndIsEnded() {
    TestBoot boot = TestBoot.of(folder, "exec sleep 1000").withProbe(root(300));
    try (RunningAgent agent = new RunningAgent(boot)) {
      AgentReport failed = agent.await(Phase.FAILED_INITIAL_DELAY);

      assertThat(failed.reason()).contains("0.3 s", "connection refused");
      await().until(() -> agent.processes().isEmpty());
      assertThat(agent.controller.phases()).doesNotContain(Phase.READY, Phase.NOT_READY);
    }
  }

  @Test
  void onlyStatus200IsReady() {
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, TestBoot.server(folder)))) {
      agent.write("status", "503");
      await().until(() -> agent.read("requests").lines().count() >= 3);
      assertThat(agent.controller.phases()).containsExactly(Phase.STARTING);

      agent.write("status", "204");
      long before = agent.read("requests").lines().count();
      await().until(() -> agent.read("requests").lines().count() >= before + 2);
      assertThat(agent.controller.phases()).containsExactly(Phase.STARTING);

      agent.write("status", "200");
      agent.await(Phase.READY);
    }
  }

  @Test
  void failedProbeIsNotReadyAndPassedOneReadyAgain() {
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, TestBoot.server(folder)))) {
      agent.await(Phase.READY);

      agent.write("status", "500");
      assertThat(agent.await(Phase.NOT_READY).reason()).contains("/health: 500");

      agent.write("status", "200");
      await()
          .until(() ->
              agent
                  .controller
                  .phases()
                  .equals(
                      java.util.List.of(
                          Phase.STARTING, Phase.READY, Phase.NOT_READY, Phase.READY)));
    }
  }

  @Test
  void failureOverTheWholeWindowGivesTheReplicaUp() {
    ProbeRule rule = new ProbeRule("/health", null, Map.of(), 60_000, 5_000, 50, 300);
    TestBoot boot = TestBoot.of(folder, TestBoot.server(folder)).withProbe(rule);
    try (RunningAgent agent = new RunningAgent(boot)) {
      agent.await(Phase.READY);
      agent.write("status", "500");

      assertThat(agent.await(Phase.FAILED_PROBING).reason()).contains("probes failed for", "500");
      await().until(() -> agent.processes().isEmpty());
    }
  }

  @Test
  void probeOfAHangingServerIsOverAfterItsTimeout() {
    ProbeRule rule = new ProbeRule("/health", null, Map.of(), 60_000, 200, 50, 60_000);
    TestBoot boot = TestBoot.of(folder, TestBoot.server(folder)).withProbe(rule);
    try (RunningAgent agent = new RunningAgent(boot)) {
      agent.await(Phase.READY);

      agent.write("status", "hang");

      assertThat(agent.await(Phase.NOT_READY).lastProbe()).isEqualTo("no answer within 0.2 s");
    }
  }

  @Test
  void probeIsAPostWithItsDataAndHeadersWhereTheFileSaysSo() {
    ProbeRule rule =
        new ProbeRule(
            "/v1/x?y=1", "{\"a\":1}", Map.of("X-Test", "yes"), 60_000, 5_000, 10_000, 60_000);
    TestBoot boot = TestBoot.of(folder, TestBoot.server(folder)).withProbe(rule);
    try (RunningAgent agent = new RunningAgent(boot)) {
      agent.await(Phase.READY);

      assertThat(agent.read("requests")).isEqualTo("POST /v1/x?y=1 yes {\"a\":1}\n");
    }
  }

  @Test
  void configureChangesProbeAndVersionWithoutARestart() {
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, TestBoot.server(folder)))) {
      long server = agent.await(Phase.READY).serverPid();
      ProbeRule other = new ProbeRule("/other", null, Map.of(), 1, 5_000, 50, 60_000);

      agent.controller.send(
          "configure", new AgentCommand.Configure(2, other, new RestartRule("always", 1)));

      AgentReport report = agent.await(r -> r.version() == 2);
      assertThat(report.serverPid()).isEqualTo(server);
      await().until(() -> agent.read("requests").contains("GET /other"));
      assertThat(agent.controller.phases()).containsExactly(Phase.STARTING, Phase.READY);
    }
  }

  @Test
  void failingServerIsRestartedAndGivenUpInTheEnd() {
    TestBoot boot = TestBoot.of(folder, "echo again; exit 3").withRestart("on_failure", 2);
    try (RunningAgent agent = new RunningAgent(boot)) {
      AgentReport failed = agent.await(Phase.FAILED);

      assertThat(failed.restarts()).isEqualTo(2);
      assertThat(failed.reason()).isEqualTo("run exited with 3: again (after 2 restarts in a row)");
      await().until(() -> agent.controller.logText().equals("again\nagain\nagain\n"));
    }
  }

  @Test
  void restartedServerGetsItsPortBackAlthoughAChildHeldIt() {
    String run =
        "if [ -e once ]; then "
            + TestBoot.server(folder)
            + "; fi\n: > once\n"
            + "setsid python3 -m http.server --bind 127.0.0.1 $PORT & sleep 1; exit 1";
    TestBoot boot = TestBoot.of(folder, run).withRestart("always", 3);
    try (RunningAgent agent = new RunningAgent(boot)) {
      AgentReport ready = agent.await(r -> r.phase() == Phase.READY && r.restarts() == 1);

      assertThat(ready.port()).isEqualTo(agent.controller.reports().getFirst().port());
    }
  }

  @Test
  void setupRunsOnceBeforeRunInTheSameFolder() {
    TestBoot boot =
        TestBoot.of(folder, "cat made; exec sleep 1000")
            .withSetup("while [ ! -e go ]; do sleep 0.02; done; echo by setup > made; echo hi");
    try (RunningAgent agent = new RunningAgent(boot)) {
      agent.await(Phase.SETTING_UP);
      agent.write("go", "");
      await().until(() -> agent.controller.logText().equals("hi\nby setup\n"));

      assertThat(agent.controller.phases()).containsExactly(Phase.SETTING_UP, Phase.STARTING);
    }
  }

  @Test
  void failedSetupIsReportedAndRunNeverStarted() {
    TestBoot boot = TestBoot.of(folder, "touch started").withSetup("echo no network; false");
    try (RunningAgent agent = new RunningAgent(boot)) {
      assertThat(agent.await(Phase.FAILED).reason()).isEqualTo("setup exited with 1: no network");
      assertThat(agent.work("started")).doesNotExist();
    }
  }

  @Test
  void stopDuringSetupEndsIt() {
    TestBoot boot = TestBoot.of(folder, "true").withSetup("sleep 1000 & setsid sleep 1000; wait");
    try (RunningAgent agent = new RunningAgent(boot)) {
      await().until(() -> agent.processes().size() >= 3);

      agent.stop(1_000);
      agent.awaitEnd();

      assertThat(agent.processes()).isEmpty();
    }
  }

  @Test
  void scriptLongerThanAnArgumentMayBeRuns() {
    String run = "# " + "x".repeat(200_000) + "\necho long; exit 5";
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run))) {
      assertThat(agent.await(Phase.FAILED).reason()).isEqualTo("run exited with 5: long");
    }
  }

  @Test
  void serverOverItsMemoryLimitIsReportedAsSuch() {
    String run = "exec python3 -c 'x = bytearray(300 << 20); import time; time.sleep(1000)'";
    TestBoot boot = TestBoot.of(folder, run).withMemory(64L << 20);
    try (RunningAgent agent = new RunningAgent(boot)) {
      AgentReport failed = agent.await(Phase.FAILED);

      // Without a control group of its own the limit is the data segment's, and Python says so.
      assertThat(failed.reason()).containsAnyOf("out of memory: over the replica's", "MemoryError");
    }
  }

  @Test
  void controllerThatIsAwayChangesNothingAndHearsTheNewestStateWhenItIsBack() {
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, TestBoot.server(folder)))) {
      agent.await(Phase.READY);
      agent.controller.goAway();
      long before = agent.read("requests").lines().count();
      agent.write("status", "500");
      await().until(() -> agent.read("requests").lines().count() > before + 3);
      assertThat(agent.processes()).isNotEmpty();

      agent.controller.comeBack();

      agent.await(Phase.NOT_READY);
      agent.stop(1_000);
      agent.await(Phase.STOPPED);
    }
  }

  @Test
  void unwantedGenerationEndsEverything() {
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, TestBoot.server(folder)))) {
      agent.await(Phase.READY);

      agent.controller.refuse();
      agent.awaitEnd();

      assertThat(agent.processes()).isEmpty();
    }
  }

  private static ProbeRule root(long initialDelayMillis) {
    return new ProbeRule("/", null, Map.of(), initialDelayMillis, 5_000, 50, 60_000);
  }
}
