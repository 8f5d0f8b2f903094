package io.fleetserve.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launch scripts with a `java` that writes down how it was called.
final class LaunchScriptsTest {
  @TempDir Path folder;
  private Path dist;
  private Path jdk;

  LaunchScriptsTest() {}

  @BeforeEach
  void makeDistribution() throws IOException {
    dist = folder.resolve("dist");
    Path scripts = Path.of("src/main/dist").toAbsolutePath();
    try (Stream<Path> files = Files.walk(scripts)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = dist.resolve(scripts.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
        executable(copy);
      }
    }
    for (String program : List.of("cli", "controller", "loadbalancer", "agent")) {
      Files.writeString(dist.resolve("lib/" + program + ".classpath"), "a.jar b.jar\n");
    }
    jdk = folder.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
    java("echo \"$@\"; echo \"$FLEETSERVE_DIST\"");
  }

  @Test
  void programIsStartedWithItsFlagsClassPathAndArguments() throws Exception {
    List<String> lines = run(Map.of(), dist.resolve("bin/serve").toString(), "up", "a b");

    assertThat(lines)
        .containsExactly(
            "@%1$s/lib/cli.args -Xshare:auto -cp %1$s/lib/a.jar:%1$s/lib/b.jar io.fleetserve.cli.CliMain up a b"
                .formatted(dist),
            dist.toString());
  }

  @Test
  void scriptIsFoundThroughLinksAndRelativePaths() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("serve"), dist.resolve("bin/serve"));

    assertThat(run(Map.of(), link.toString())).last().isEqualTo(dist.toString());
    assertThat(run(Map.of(), "dist/bin/serve")).last().isEqualTo(dist.toString());
  }

  @Test
  void aotCacheIsUsedWhenThereAndTrainedWhenAsked() throws Exception {
    Files.writeString(dist.resolve("lib/agent.aot"), "");
    String agent = dist.resolve("bin/fleetserve-agent").toString();

    assertThat(run(Map.of(), agent, "boot.json").getFirst())
        .contains("-XX:AOTCache=" + dist + "/lib/agent.aot", "AgentMain boot.json");
    Map<String, String> training = Map.of("FLEETSERVE_AOT_TRAIN", folder.toString());
    assertThat(run(training, agent, "boot.json").getFirst()).contains("-XX:AOTCache=");
    Files.writeString(folder.resolve("agent.train"), "");
    assertThat(run(training, agent, "boot.json").getFirst())
        .contains("-XX:AOTCacheOutput=" + folder + "/agent.aot");
  }

  @Test
  void olderJdkIsPassedOver() throws Exception {
    Path old = folder.resolve("old");
    Files.createDirectories(old.resolve("bin"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
    executable(Files.writeString(old.resolve("bin/java"), "#!/bin/sh\necho wrong\n"));

    List<String> lines =
        run(
            Map.of("JAVA25_HOME", old.toString(), "JAVA_HOME", jdk.toString()),
            dist.resolve("bin/serve").toString());

    assertThat(lines.getFirst()).contains("CliMain");
  }

  @Test
  void loadBalancerIsStartedAgainAfterADeathAndEndsWithItsOrderlyEnd() throws Exception {
    Path boot =
        Files.writeString(Files.createDirectory(folder.resolve("lb")).resolve("boot.json"), "{}");
    Path count = folder.resolve("count");
    java("echo x >> " + count + "; [ $(wc -l < " + count + ") -ge 3 ] && exit 0; kill -9 $$");

    run(Map.of(), dist.resolve("bin/fleetserve-loadbalancer").toString(), boot.toString());

    assertThat(Files.readAllLines(count)).hasSize(3);
    assertThat(folder.resolve("lb/supervisor.pid")).doesNotExist();
  }

  @Test
  void sigtermIsPassedOnAndEndsTheSupervisor() throws Exception {
    Path boot =
        Files.writeString(Files.createDirectory(folder.resolve("lb")).resolve("boot.json"), "{}");
    Path mark = folder.resolve("mark");
    java(
        "trap 'echo term >> %1$s; exit 143' TERM; echo up >> %1$s; while :; do sleep 0.05; done"
            .formatted(mark));
    Process supervisor =
        start(Map.of(), dist.resolve("bin/fleetserve-loadbalancer").toString(), boot.toString());
    await().until(() -> Files.exists(mark) && Files.size(mark) > 0);
    long pid = Long.parseLong(Files.readString(folder.resolve("lb/supervisor.pid")).strip());
    assertThat(pid).isEqualTo(supervisor.pid());

    supervisor.destroy();

    assertThat(supervisor.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(supervisor.exitValue()).isZero();
    assertThat(Files.readAllLines(mark)).containsExactly("up", "term");
  }

  @Test
  void aReplacingSupervisorStaysAndTheOneBeforeEndsWithItsProcess() throws Exception {
    Path boot =
        Files.writeString(Files.createDirectory(folder.resolve("lb")).resolve("boot.json"), "{}");
    Path mark = folder.resolve("mark");
    // The old process dies when a new one was started beside it: taken over in the middle.
    java(
        """
        case "$*" in
          *--replace*) echo new >> %1$s; trap 'exit 143' TERM; while :; do sleep 0.05; done ;;
          *) echo old >> %1$s; while ! grep -q new %1$s; do sleep 0.05; done; kill -9 $$ ;;
        esac\
        """
            .formatted(mark));
    String script = dist.resolve("bin/fleetserve-loadbalancer").toString();
    Process old = start(Map.of(), script, boot.toString());
    await().until(() -> Files.exists(mark) && Files.size(mark) > 0);

    Process successor = start(Map.of(), script, "--replace", boot.toString());

    assertThat(old.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("lb/supervisor.pid")).strip())
        .isEqualTo(String.valueOf(successor.pid()));
    assertThat(Files.readAllLines(mark)).containsExactly("old", "new");
    successor.destroy();
    assertThat(successor.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(folder.resolve("lb/supervisor.pid")).doesNotExist();
  }

  @Test
  void aSupervisorThatCannotReplaceEndsAndSaysSo() throws Exception {
    Path boot =
        Files.writeString(Files.createDirectory(folder.resolve("lb")).resolve("boot.json"), "{}");
    java("exit 3");

    Process process =
        start(
            Map.of(),
            dist.resolve("bin/fleetserve-loadbalancer").toString(),
            "--replace",
            boot.toString());

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
  }

  private void java(String script) throws IOException {
    executable(Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\n" + script + "\n"));
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> run(Map<String, String> environment, String... command) throws Exception {
    Process process = start(environment, command);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  private Process start(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().remove("FLEETSERVE_DIST");
    builder.environment().put("JAVA25_HOME", jdk.toString());
    builder.environment().putAll(environment);
    return builder.start();
  }
}
