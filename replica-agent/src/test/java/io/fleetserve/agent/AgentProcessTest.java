package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.api.wire.AgentReport.Phase;
import io.fleetserve.api.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent as a process of its own.
final class AgentProcessTest {
  @TempDir Path folder;

  @Test
  void sigtermEndsTheReplicaAndThenTheAgent() throws Exception {
    try (FakeController controller = new FakeController()) {
      AgentBoot boot =
          TestBoot.of(folder, "setsid sleep 1031 & " + TestBoot.server(folder))
              .to(controller.url());
      Process agent = start(boot);
      await().atMost(Duration.ofSeconds(30)).until(() -> controller.phases().contains(Phase.READY));
      assertThat(controller.reports().getLast().agentPid()).isEqualTo(agent.pid());

      agent.destroy();

      assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(controller.phases()).endsWith(Phase.STOPPED);
      assertThat(marked(boot)).isZero();
    }
  }

  @Test
  void stopCommandEndsItWithExitCodeZero() throws Exception {
    try (FakeController controller = new FakeController()) {
      AgentBoot boot = TestBoot.of(folder, "exec sleep 1032").to(controller.url());
      Process agent = start(boot);

      controller.send("stop", new io.fleetserve.api.wire.AgentCommand.Stop(1_000));

      assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(agent.exitValue()).isZero();
      assertThat(marked(boot)).isZero();
    }
  }

  @Test
  void brokenBootFileIsNamed() throws Exception {
    Path boot = Files.writeString(folder.resolve("boot.json"), "{\"installationId\": 1}");

    Process agent = start(boot);

    assertThat(agent.waitFor()).isEqualTo(1);
    assertThat(
            new String(
                agent.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(boot + ": installationId: missing or wrong (expected: text)\n");
  }

  private Process start(AgentBoot boot) throws IOException {
    Path file = folder.resolve("boot.json");
    Files.write(file, Json.MAPPER.writeValueAsBytes(boot));
    return start(file);
  }

  private static Process start(Path boot) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx32m",
            "-cp",
            System.getProperty("java.class.path"),
            AgentMain.class.getName(),
            boot.toString())
        .redirectErrorStream(true)
        .start();
  }

  private static long marked(AgentBoot boot) {
    return LinuxProcess.all().stream()
        .filter(LinuxProcess::alive)
        .filter(process ->
            process
                .environment("FLEETSERVE_ATTEMPT_ID")
                .filter(boot.attemptId()::equals)
                .isPresent())
        .count();
  }
}
