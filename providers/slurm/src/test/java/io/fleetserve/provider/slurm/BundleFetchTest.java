package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.AgentBoot;
import io.fleetserve.provider.Ownership;
import io.fleetserve.provider.slurm.BundleServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A job whose node has no file with the agent, and fetches it from the controller with the real
/// `curl`: whatever comes, only a whole bundle is unpacked.
final class BundleFetchTest {
  private static final byte[] OTHER = "another file".getBytes(StandardCharsets.UTF_8);

  /// A body that ended early, by HTTP or by TLS.
  private static final String CUT = "curl: \\((18|56)\\)";

  @TempDir Path base;
  private Path archive;
  private byte[] bundle;
  private String sha256;

  @BeforeEach
  void make() throws Exception {
    archive = TestBundle.archive(base, ": >" + base + "/ran");
    bundle = Files.readAllBytes(archive);
    sha256 = TestJobs.sha256(archive);
    Files.delete(archive);
  }

  @Test
  void connectionThatIsCutAndAWrongFileAreToldAndTriedAgain() throws Exception {
    try (BundleServer server =
        new BundleServer(Answer.half(bundle), Answer.whole(OTHER), Answer.whole(bundle))) {
      int exit = run(server, server.authority());

      assertThat(exit).as(output()).isZero();
      assertThat(base.resolve("ran")).exists();
      assertThat(output()).containsPattern(CUT).contains("its SHA-256 is not " + sha256);
      assertThat(agents()).containsExactly(sha256);
      assertThat(server.asked())
          .hasSize(3)
          .allMatch(each -> each.matches("/api/v1/agent/bundles/\\S+ Bearer " + TestJobs.SECRET));
    }
  }

  @Test
  void bundleThatNeverComesWholeEndsTheJobAndLeavesNothing() throws Exception {
    try (BundleServer server = new BundleServer(Answer.half(bundle), Answer.half(bundle))) {
      int exit = run(server, server.authority());

      assertThat(exit).isEqualTo(72);
      assertThat(output()).containsPattern(CUT).contains("error: 404", "no agent on");
      assertThat(base.resolve("ran")).doesNotExist();
      assertThat(agents()).isEmpty();
      assertThat(output()).doesNotContain(TestJobs.SECRET);
    }
  }

  @Test
  void damagedFileOnTheNodeIsMadeGoodByTheController() throws Exception {
    Files.write(archive, List.of("half of it"));
    try (BundleServer server = new BundleServer(Answer.whole(bundle))) {
      int exit = run(server, server.authority());

      assertThat(exit).as(output()).isZero();
      assertThat(base.resolve("ran")).exists();
      assertThat(agents()).containsExactly(sha256);
    }
  }

  @Test
  void controllerOfAnotherInstallationGetsNoToken() throws Exception {
    try (BundleServer server = new BundleServer(Answer.whole(bundle));
        BundleServer own = new BundleServer()) {
      int exit = run(server, own.authority());

      assertThat(exit).isEqualTo(72);
      assertThat(output()).contains("certificate");
      assertThat(server.asked()).isEmpty();
    }
  }

  private int run(BundleServer server, String authority) throws Exception {
    AgentBoot plain = TestJobs.boot(new Ownership("i", "svc", 1, 1), "ascript", "true");
    JobScript script = new JobScript(TestBundle.of(archive, sha256), base.toString(), 1);
    String text = script.text(withAuthority(plain, authority), server.url());
    Path file = Files.writeString(base.resolve("job.sh"), text);
    ProcessBuilder builder = new ProcessBuilder("bash", file.toString());
    builder.environment().put("HOME", base.toString());
    builder
        .environment()
        .merge("PATH", withoutPauses().toString(), (path, own) -> own + ":" + path);
    builder.environment().put("https_proxy", "http://127.0.0.1:1");
    builder.redirectErrorStream(true);
    builder.redirectOutput(base.resolve("output").toFile());
    Process process = builder.start();
    assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /// A folder of commands, in which `sleep` takes no time.
  private Path withoutPauses() throws IOException {
    Path commands = Files.createDirectories(base.resolve("commands"));
    Path sleep = Files.writeString(commands.resolve("sleep"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(sleep, PosixFilePermissions.fromString("rwxr-xr-x"));
    return commands;
  }

  private static AgentBoot withAuthority(AgentBoot boot, String authority) {
    return new AgentBoot(
        boot.installationId(),
        boot.service(),
        boot.replicaId(),
        boot.generation(),
        boot.version(),
        boot.attemptId(),
        boot.controllerUrl(),
        boot.token(),
        authority,
        false,
        boot.folder(),
        boot.task(),
        boot.probe());
  }

  private String output() throws IOException {
    return Files.readString(base.resolve("output"));
  }

  /// What is in the folder for bundles, hidden files too; empty where there is none.
  private List<String> agents() throws IOException {
    try (Stream<Path> found = Files.walk(base)) {
      return found
          .filter(path -> path.resolveSibling("x").endsWith("agents/x"))
          .map(path -> path.getFileName().toString())
          .toList();
    }
  }
}
