package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The batch script, run by a shell of this machine.
final class JobScriptTest {
  @TempDir Path base;

  @Test
  void agentGetsACompleteBootFileForItsOwnerAloneAndTheFolderIsRemoved() throws Exception {
    int exit =
        run("cp \"$1\" " + base + "/seen; stat -c '%a %n' \"$1\" >" + base + "/mode", Map.of());

    assertThat(exit).isZero();
    assertThat(Files.readString(base.resolve("mode"))).startsWith("600 " + base + "/fleetserve-");
    assertThat(Files.readString(base.resolve("seen")))
        .contains(TestJobs.SECRET)
        .contains("it's \\\"$HOME\\\" & `more`\\nnext")
        .contains("\"controllerUrl\":\"https://controller:1\"")
        .doesNotContain("__FLEETSERVE");
    assertThat(folders()).isEmpty();
  }

  @Test
  void exitCodeOfTheAgentIsThatOfTheJob() throws Exception {
    assertThat(run("exit 3", Map.of())).isEqualTo(3);
  }

  @Test
  void jobThatIsRunAgainStartsNothing() throws Exception {
    int exit = run(": >" + base + "/started", Map.of("SLURM_RESTART_COUNT", "1"));

    assertThat(exit).isZero();
    assertThat(base.resolve("started")).doesNotExist();
  }

  @Test
  void folderOfAKilledJobIsRemovedByTheNextAndThatOfALivingOneIsKept() throws Exception {
    run("true", Map.of());
    Path mine = mine();
    Path dead = Files.createDirectory(mine.resolve("dead"));
    Files.writeString(dead.resolve("pid"), "4194999");
    Path living = Files.createDirectory(mine.resolve("living"));
    Files.writeString(living.resolve("pid"), Long.toString(ProcessHandle.current().pid()));

    run("true", Map.of());

    assertThat(dead).doesNotExist();
    assertThat(living).exists();
  }

  @Test
  void signalToTheScriptReachesTheAgentAndIsWaitedFor() throws Exception {
    Process process =
        start(
            "trap 'echo ended >"
                + base
                + "/ended; exit 0' TERM; : >"
                + base
                + "/up; while :; do sleep 0.05; done",
            Map.of());
    org.awaitility.Awaitility.await().until(() -> Files.exists(base.resolve("up")));

    process.destroy();

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(base.resolve("ended")).exists();
    assertThat(folders()).isEmpty();
  }

  @Test
  void noticeOfSlurmDoesNotEndIt() throws Exception {
    Process process =
        start(": >" + base + "/up; while [ ! -e " + base + "/go ]; do sleep 0.05; done", Map.of());
    org.awaitility.Awaitility.await().until(() -> Files.exists(base.resolve("up")));

    new ProcessBuilder("kill", "-USR1", Long.toString(process.pid())).start().waitFor();
    Files.writeString(base.resolve("go"), "");

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void bundleIsUnpackedOnceAndItsAgentRuns() throws Exception {
    Path archive = TestBundle.archive(base, ": >" + base + "/ran");
    NodeAgent agent = TestBundle.of(archive, TestJobs.sha256(archive));

    assertThat(run(agent)).as(output()).isZero();
    assertThat(base.resolve("ran")).exists();
    Files.delete(base.resolve("ran"));
    Files.delete(archive);

    assertThat(run(agent)).as(output()).isZero();
    assertThat(base.resolve("ran")).exists();
  }

  @Test
  void damagedBundleIsNotRun() throws Exception {
    Path archive = TestBundle.archive(base, ": >" + base + "/ran");

    int exit = run(TestBundle.of(archive, "0".repeat(64)));

    assertThat(exit).isEqualTo(72);
    assertThat(output()).contains("damaged");
    assertThat(base.resolve("ran")).doesNotExist();
    assertThat(folders()).isEmpty();
  }

  @Test
  void bundleThatIsNowhereIsTold() throws Exception {
    assertThat(run(TestBundle.of(base.resolve("none.tar.gz"), "0".repeat(64)))).isEqualTo(72);
    assertThat(output()).contains("no whole copy of the agent");
  }

  @Test
  void machineWithoutABundleOfItsKindIsTold() throws Exception {
    NodeAgent other =
        new NodeAgent.Bundled(List.of(new AgentBundle(base.resolve("x"), "0".repeat(64), "vax")));

    assertThat(run(other)).isEqualTo(72);
    assertThat(output()).contains("no agent for");
  }

  private String output() throws IOException {
    return Files.readString(base.resolve("output"));
  }

  private int run(NodeAgent agent) throws Exception {
    Process process = start(agent, Map.of("HOME", base.toString()));
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private int run(String agent, Map<String, String> environment) throws Exception {
    Process process = start(agent, environment);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private Process start(String agent, Map<String, String> environment) throws IOException {
    return start(new NodeAgent.Command(List.of("bash", "-c", agent, "agent")), environment);
  }

  private Process start(NodeAgent agent, Map<String, String> environment) throws IOException {
    JobScript script = new JobScript(agent, base.toString(), 1);
    String text =
        script.text(
            TestJobs.boot(new Ownership("i", "svc", 1, 1), "ascript", "true"),
            "https://controller:1");
    Path file = Files.writeString(base.resolve("job.sh"), text);
    ProcessBuilder builder = new ProcessBuilder("bash", file.toString());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(base.resolve("output").toFile());
    return builder.start();
  }

  private Path own() throws IOException {
    try (var entries = Files.list(base)) {
      return entries
          .filter(path -> path.getFileName().toString().startsWith("fleetserve-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private Path mine() throws IOException {
    return own().resolve("node");
  }

  private List<Path> folders() throws IOException {
    try (var entries = Files.list(mine())) {
      return entries.toList();
    }
  }
}
