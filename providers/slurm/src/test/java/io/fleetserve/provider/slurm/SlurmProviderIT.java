package io.fleetserve.provider.slurm;

import static io.fleetserve.provider.slurm.SlurmCalls.LONG;
import static io.fleetserve.provider.slurm.SlurmCalls.SLEEPS;
import static io.fleetserve.provider.slurm.SlurmCalls.accepted;
import static io.fleetserve.provider.slurm.SlurmCalls.get;
import static io.fleetserve.provider.slurm.SlurmCalls.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.spec.Resources;
import io.fleetserve.provider.CreateOutcome;
import io.fleetserve.provider.Instance;
import io.fleetserve.provider.InstanceRef;
import io.fleetserve.provider.Lifetime;
import io.fleetserve.provider.ProviderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The Slurm provider and a real cluster: what jobs get, and what becomes of them.
@ExtendWith(RealSlurm.class)
final class SlurmProviderIT {
  private static final String INSTALLATION = "slurm-it";

  @TempDir Path home;

  @AfterEach
  void endEverything() {
    SlurmCalls.end(open(SLEEPS, Map.of()), INSTALLATION);
  }

  @Test
  void jobGetsItsShareAndTheBootFileAndNobodyElseSeesTheSecrets() throws IOException {
    SlurmProvider provider =
        open(
            "cp \"$1\" "
                + home
                + "/seen; stat -c %a \"$1\" >"
                + home
                + "/mode;"
                + " env >"
                + home
                + "/env; exec sleep 1000",
            Map.of());
    Resources wish =
        TestJobs.wish(
            Map.of("A100", 2.0), new Resources.Amount(2, false), new Resources.Amount(0.5, false));

    InstanceRef ref =
        accepted(
            provider.create(TestJobs.spec(INSTALLATION, "ashare", "ondemand", wish, 1, "true")));

    await().atMost(LONG).until(() -> Files.exists(home.resolve("env")));
    await()
        .atMost(LONG)
        .until(() -> Files.readString(home.resolve("env")).contains("SLURM_JOB_ID"));
    assertThat(Files.readString(home.resolve("mode")).strip()).isEqualTo("600");
    assertThat(Files.readString(home.resolve("seen")))
        .contains("\"host\":\"127.77.0.")
        .contains("\"folder\":\"" + home + "/fleetserve-")
        .contains("it's \\\"$HOME\\\" & `more`\\nnext")
        .doesNotContain("__FLEETSERVE");
    assertThat(Files.readString(home.resolve("env"))).contains("CUDA_VISIBLE_DEVICES=0,1");
    String job = RealSlurm.cluster().run("scontrol", "show", "job", jobId(ref));
    assertThat(job).contains("cpu=2").contains("mem=512M").contains("gpu:a100:2");
    assertThat(job + RealSlurm.cluster().run("squeue", "--json")).doesNotContain(TestJobs.SECRET);
  }

  @Test
  void preemptionWithNoticeIsAnnounced() throws IOException {
    SlurmProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref =
        running(provider, TestJobs.spec(INSTALLATION, "anotice", "spot-notice", all(), 1, ""));

    String stronger = stronger(provider, ref);

    await().atMost(LONG).until(() -> get(provider, ref).preemptionAt() != null);
    assertThat(get(provider, ref).state()).isEqualTo(Instance.State.RUNNING);
    RealSlurm.cluster().run("scancel", stronger);
  }

  @Test
  void preemptionWithoutNoticeIsToldAndIsNoFailure() throws IOException {
    SlurmProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "aspot", "spot", all(), 1, ""));

    String stronger = stronger(provider, ref);

    await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.PREEMPTED);
    assertThat(Objects.requireNonNull(get(provider, ref).failure()).message())
        .contains("slurm/test/spot");
    provider.terminate(ref);
    await().atMost(LONG).until(() -> provider.get(ref).isEmpty());
    RealSlurm.cluster().run("scancel", stronger);
  }

  @Test
  void requeuedJobCountsAsPreemptedAndDoesNotRunASecondReplica() throws IOException {
    Path starts = home.resolve("starts");
    SlurmProvider provider = open("echo start >>" + starts + "; exec sleep 1000", Map.of());
    InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "arequeue", "ondemand"));
    await().atMost(LONG).until(() -> Files.exists(starts));
    String job = jobId(ref);
    RealSlurm.cluster().run("scontrol", "update", "JobId=" + job, "Requeue=1");

    RealSlurm.cluster().run("scontrol", "requeue", job);

    await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.PREEMPTED);
    assertThat(provider.list(INSTALLATION)).extracting(Instance::ref).containsExactly(ref);
    provider.terminate(ref);
    await().atMost(LONG).until(() -> provider.list(INSTALLATION).isEmpty());
    assertThat(Files.readAllLines(starts)).hasSize(1);
  }

  @Test
  void jobCancelledFromOutsideIsOver() throws IOException {
    SlurmProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "acancel", "ondemand"));

    RealSlurm.cluster().run("scancel", jobId(ref));

    await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.TERMINATED);
  }

  @Test
  void crashIsFailedWithItsLastWordsAndLeavesNoFolder() {
    SlurmProvider provider =
        open("echo it broke; exit 3", Map.of("logs", home.toString()), RealSlurm.local());
    InstanceRef ref = accepted(provider.create(TestJobs.spec(INSTALLATION, "acrash", "ondemand")));

    await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.FAILED);

    assertThat(Objects.requireNonNull(get(provider, ref).failure()).message())
        .contains("exit code 3")
        .contains("it broke");
    assertThat(home.resolve("fleetserve-0").toFile().listFiles())
        .allSatisfy(node -> assertThat(node).isEmptyDirectory());
  }

  @Test
  void endOfTheWalltimeIsKnownFromTheStartAndIsNoPreemption() {
    SlurmProvider provider = open(SLEEPS, Map.of("walltime", "10m", "handover", "3m"));
    InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "awall", "ondemand"));

    Instance instance = get(provider, ref);

    Lifetime life = Objects.requireNonNull(instance.lifetime());
    assertThat(Duration.between(life.startedAt(), life.endsAt())).isEqualTo(Duration.ofMinutes(10));
    assertThat(life.endsAt())
        .isBetween(Instant.now().plusSeconds(400), Instant.now().plusSeconds(660));
    assertThat(life.handover()).isEqualTo(Duration.ofMinutes(3));
    assertThat(instance.preemptionAt()).isNull();
  }

  @Test
  void allNodesOfAReplicaRunWithTheirRanksAndAddresses() throws IOException {
    String run =
        "echo \"$SKYPILOT_NODE_RANK/$SKYPILOT_NUM_NODES $KEY $QUOTED\" >"
            + home
            + "/rank$SKYPILOT_NODE_RANK; echo \"$SKYPILOT_NODE_IPS\" >"
            + home
            + "/ips$SKYPILOT_NODE_RANK; sleep 1000";
    SlurmProvider provider = open("cp \"$1\" " + home + "/seen; exec sleep 1000", Map.of());
    InstanceRef ref =
        running(
            provider, TestJobs.spec(INSTALLATION, "anodes", "zone-b", TestJobs.ANYTHING, 2, run));
    await().atMost(LONG).until(() -> Files.exists(home.resolve("ips1")));
    await().atMost(LONG).until(() -> Files.exists(home.resolve("seen")));

    assertThat(Files.readString(home.resolve("rank1")))
        .isEqualTo("1/2 " + TestJobs.SECRET + " it's \"$HOME\" & `more`\nnext\n");
    await()
        .untilAsserted(() ->
            assertThat(Files.readAllLines(home.resolve("ips1")))
                .containsExactly("127.77.0.3", "127.77.0.4"));
    assertThat(Files.readString(home.resolve("seen")))
        .contains("\"SKYPILOT_NODE_IPS\":\"127.77.0.3\\n127.77.0.4\"")
        .contains("\"SKYPILOT_NODE_RANK\":\"0\"")
        .contains("\"SKYPILOT_NUM_NODES\":\"2\"");
    assertThat(get(provider, ref).state()).isEqualTo(Instance.State.RUNNING);
  }

  @Test
  void failureOfAnotherNodesServerEndsTheReplica() {
    SlurmProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref =
        accepted(
            provider.create(
                TestJobs.spec(INSTALLATION, "aother", "zone-b", TestJobs.ANYTHING, 2, "exit 9")));

    await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.FAILED);
    assertThat(Objects.requireNonNull(get(provider, ref).failure()).message())
        .contains("exit code 9");
  }

  @Test
  void lossOfANodeIsAFailureThatNamesIt() throws IOException {
    SlurmProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "anode", "zone-b"));
    String node = get(provider, ref).rawState().replaceFirst("^.* on ", "");

    RealSlurm.cluster().run("scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=test");

    try {
      await().atMost(LONG).until(() -> get(provider, ref).state() == Instance.State.FAILED);
      assertThat(Objects.requireNonNull(get(provider, ref).failure()).message())
          .contains("lost a node")
          .contains(node);
    } finally {
      // It comes back by itself (ReturnToService).
      await()
          .atMost(LONG)
          .until(() ->
              RealSlurm.cluster().run("sinfo", "-h", "-n", node, "-o", "%t").contains("idle"));
    }
  }

  @Test
  void whileTheClustersControllerIsAwayNothingCountsAsGoneAndNothingIsMade() throws Exception {
    SlurmProvider provider = open(SLEEPS, Map.of());
    InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "aaway", "ondemand"));

    RealSlurm.cluster().stopController();
    try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      // Slurm's own programs wait some seconds for it.
      List<Future<Object>> calls =
          together.invokeAll(
              List.of(
                  () -> provider.list(INSTALLATION),
                  () -> provider.get(ref),
                  provider::places,
                  () -> provider.create(TestJobs.spec(INSTALLATION, "anot", "ondemand"))));

      for (Future<Object> question : calls.subList(0, 2)) {
        assertThatThrownBy(question::get).hasCauseInstanceOf(ProviderException.class);
      }
      assertThat(calls.get(2).get().toString())
          .contains("infra=slurm/test,")
          .contains("problem=slurm/test: ");
      assertThat(calls.get(3).get()).isInstanceOf(CreateOutcome.Rejected.class);
    } finally {
      RealSlurm.cluster().startController();
    }

    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> get(provider, ref).state() == Instance.State.RUNNING);
    assertThat(provider.list(INSTALLATION)).extracting(Instance::ref).containsExactly(ref);
  }

  @Test
  void ownJobIsFoundAndEndedAmongHundredsThatWait() throws IOException {
    String mark = "--job-name=crowd";
    RealSlurm.cluster()
        .run(
            "bash",
            "-c",
            "seq 200 | xargs -P 4 -I{} sbatch --parsable "
                + mark
                + " --partition=zone-b --hold --output=/dev/null --wrap='sleep {}'");
    try {
      SlurmProvider provider = open(SLEEPS, Map.of());
      InstanceRef ref = running(provider, TestJobs.spec(INSTALLATION, "acrowd", "zone-b"));

      assertThat(provider.list(INSTALLATION)).extracting(Instance::ref).containsExactly(ref);
      provider.terminate(ref);
      await().atMost(LONG).until(() -> provider.get(ref).isEmpty());
      assertThat(RealSlurm.cluster().run("squeue", "-h", "-n", "crowd", "-o", "%i").lines())
          .hasSize(200);
    } finally {
      RealSlurm.cluster().run("scancel", "--name=crowd");
    }
  }

  @Test
  void jobOfAFullClusterWaitsWithItsReasonAndIsEnded() {
    SlurmProvider provider = open(SLEEPS, Map.of());
    for (int i = 0; i < 3; i++) {
      accepted(
          provider.create(TestJobs.spec(INSTALLATION, "afull" + i, "zone-b", all(), 1, "true")));
    }

    await()
        .atMost(LONG)
        .until(() ->
            provider.list(INSTALLATION).stream()
                    .filter(instance -> instance.state() == Instance.State.PENDING)
                    .filter(instance -> instance.rawState().contains("no free resources"))
                    .count()
                == 1);
  }

  /// All CPUs of a node of zone-b.
  private static Resources all() {
    return TestJobs.wish(Map.of("T4", 2.0), new Resources.Amount(8, false), null);
  }

  /// A job that needs all of the node that the instance runs on.
  private static String stronger(SlurmProvider provider, InstanceRef ref) throws IOException {
    return RealSlurm.cluster().occupy(get(provider, ref).rawState().replaceFirst("^.* on ", ""));
  }

  private static String jobId(InstanceRef ref) {
    return Long.toString(JobRef.of(ref).orElseThrow().job());
  }

  private SlurmProvider open(String script, Map<String, Object> more) {
    return open(script, more, RealSlurm.rest());
  }

  private SlurmProvider open(String script, Map<String, Object> more, Map<String, Object> way) {
    return RealSlurm.open(INSTALLATION, home, script, way, more);
  }
}
