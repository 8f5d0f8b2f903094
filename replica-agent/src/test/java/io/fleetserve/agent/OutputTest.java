package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.AgentReport.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a server's output: floods, long lines, bytes that are no text, a controller that
/// is away, a full disk.
final class OutputTest {
  @TempDir Path folder;

  @Test
  void everyByteReachesTheControllerInOrder() {
    String run = "printf '\\377\\376\\000binary\\n'; seq 1 200000; echo END; exec sleep 1000";
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run).withLog(8 << 20))) {
      await().atMost(Duration.ofSeconds(30)).until(() -> ends(agent, "END\n"));

      byte[] log = agent.controller.log();
      byte[] binary = {(byte) 0xff, (byte) 0xfe, 0, 'b', 'i', 'n', 'a', 'r', 'y', '\n'};
      assertThat(log).startsWith(binary);
      assertThat(new String(log, binary.length, log.length - binary.length, StandardCharsets.UTF_8))
          .isEqualTo(numbers(200_000) + "END\n");
    }
  }

  @Test
  void floodDoesNotHoldTheServerUpAndStaysWithinItsBound() throws IOException {
    String run = "head -c 40000000 /dev/zero | tr '\\0' x; echo; echo END; exec sleep 1000";
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run).withLog(1 << 20))) {
      await().atMost(Duration.ofSeconds(30)).until(() -> ends(agent, "END\n"));

      Path log = folder.resolve("replicas/svc-1-1/replica.log");
      long old = Files.size(log.resolveSibling("replica.log.1"));
      assertThat(Files.size(log) + old).isLessThanOrEqualTo(1 << 20);
    }
  }

  @Test
  void outputOfATimeWithoutControllerFollowsWhenItIsBack() {
    String run = "echo first; while [ ! -e go ]; do sleep 0.02; done; seq 1 5000; exec sleep 1000";
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run))) {
      await().until(() -> ends(agent, "first\n"));
      agent.controller.goAway();
      agent.write("go", "");
      await().until(() -> logged().endsWith("5000\n"));

      agent.controller.comeBack();

      await().until(() -> ends(agent, "\n5000\n"));
      assertThat(agent.controller.logText()).isEqualTo("first\n" + numbers(5_000));
    }
  }

  @Test
  void outputThatTheBoundedLogForgotMeanwhileIsNamed() {
    String run = "echo first; while [ ! -e go ]; do sleep 0.02; done; seq 1 50000; exec sleep 1000";
    try (RunningAgent agent = new RunningAgent(TestBoot.of(folder, run).withLog(8192))) {
      await().until(() -> ends(agent, "first\n"));
      agent.controller.goAway();
      agent.write("go", "");
      await().until(() -> logged().endsWith("50000\n"));

      agent.controller.comeBack();

      await().until(() -> ends(agent, "\n50000\n"));
      assertThat(agent.controller.logText())
          .startsWith("first\n\n[")
          .contains(" bytes of output were lost here]\n");
    }
  }

  @Test
  void fullDiskDropsOutputButNotTheServer() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString())
            .redirectErrorStream(true)
            .start();
    Assumptions.assumeTrue(mount.waitFor() == 0, "needs root to mount a tmpfs");
    try {
      String run = "head -c 5000000 /dev/zero | tr '\\0' 'x\\n'; " + TestBoot.server(folder);
      try (RunningAgent agent = new RunningAgent(TestBoot.of(small, run).withLog(64 << 20))) {
        assertThat(agent.await(Phase.READY).lastProbe()).isEqualTo("200 OK");
        agent.stop(2_000);
        agent.await(Phase.STOPPED);
      }
    } finally {
      new ProcessBuilder("umount", "-l", small.toString()).start().waitFor();
    }
  }

  private String logged() {
    try {
      return Files.readString(folder.resolve("replicas/svc-1-1/replica.log"));
    } catch (IOException notYet) {
      return "";
    }
  }

  private static boolean ends(RunningAgent agent, String end) {
    return agent.controller.logText().endsWith(end);
  }

  private static String numbers(int last) {
    return IntStream.rangeClosed(1, last)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
