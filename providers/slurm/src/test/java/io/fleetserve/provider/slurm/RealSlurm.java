package io.fleetserve.provider.slurm;

import io.fleetserve.provider.ProviderContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real cluster of its own for all tests of a run: four nodes with accelerators that are none,
/// partitions with and without preemption, `slurmrestd`; tests are skipped with a message where it
/// cannot be.
final class RealSlurm implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(RealSlurm.class);

  /// A running cluster.
  record Running(Path folder, Path script, String restUrl, Path token) implements AutoCloseable {
    Path conf() {
      return folder.resolve("etc/slurm.conf");
    }

    Path restSocket() {
      return folder.resolve("rest/slurmrestd.sock");
    }

    /// Runs a command of Slurm.
    String run(String... command) throws IOException {
      Path out = Files.createTempFile(folder, "out", "");
      int exit = execute(List.of(command), out, conf(), 30);
      String said = Files.readString(out);
      if (exit != 0) {
        throw new IOException(String.join(" ", command) + ": " + exit + ": " + said);
      }
      return said;
    }

    @Override
    public void close() throws IOException {
      Path down = script.resolveSibling("slurm-down.sh");
      Path log = Files.createTempFile("slurm", "down");
      execute(List.of("bash", down.toString(), folder.toString()), log, conf(), 60);
      execute(
          List.of("rm", "-rf", folder.toString(), log.toString()),
          Path.of("/dev/null"),
          conf(),
          60);
    }
  }

  private static volatile @Nullable Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context.getRoot().getStore(SPACE).computeIfAbsent("cluster", key -> start(), Running.class);
  }

  static Running cluster() {
    return Objects.requireNonNull(running);
  }

  private static Running start() {
    Path script = Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/slurm-up.sh");
    Assumptions.assumeTrue(Files.exists(script), "no Slurm test: " + script + " is missing");
    Assumptions.assumeTrue(
        System.getProperty("user.name").equals("root"), "no Slurm test: it needs root");
    for (String program :
        List.of("slurmctld", "slurmd", "slurmrestd", "munged", "unshare", "curl")) {
      Assumptions.assumeTrue(
          isThere(program),
          "no Slurm test: "
              + program
              + " is missing (apt-get install slurm-wlm slurmrestd slurm-wlm-jwt-plugin munge)");
    }
    try {
      Path folder = Files.createTempDirectory(Path.of("/tmp"), "fss");
      Path log = folder.resolve("up.log");
      Path conf = folder.resolve("etc/slurm.conf");
      int exit = execute(List.of("bash", script.toString(), folder.toString()), log, conf, 60);
      Path token = folder.resolve("token");
      if (exit != 0) {
        String said = Files.readString(log);
        new Running(folder, script, "", token).close();
        Assumptions.abort("no Slurm test: the cluster does not start here: " + said);
      }
      // On loopback nodes answer to another address than the one that a job's own `srun` listens
      // on, unless it listens on all.
      Files.writeString(conf, Files.readString(conf).replace("=NoInAddrAny,", "="));
      String env = Files.readString(folder.resolve("env.sh"));
      Files.writeString(token, value(env, "SLURM_TEST_JWT"));
      return new Running(folder, script, value(env, "SLURM_REST_URL"), token);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String value(String env, String name) {
    Matcher matcher = Pattern.compile("export " + name + "=(.*)").matcher(env);
    if (!matcher.find()) {
      throw new IllegalStateException(name + " is missing in " + env);
    }
    return matcher.group(1).strip();
  }

  static boolean isThere(String program) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  static int execute(List<String> command, Path out, Path conf, int seconds) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    builder.environment().put("SLURM_CONF", conf.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(out.toFile());
    Process process = builder.start();
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return -1;
  }

  /// `rest` over TCP with a token.
  static Map<String, Object> rest() {
    return Map.of(
        "rest",
        Map.of(
            "url",
            cluster().restUrl(),
            "user",
            "root",
            "token_file",
            cluster().token().toString(),
            "api",
            "v0.0.38"));
  }

  /// `rest` over the Unix socket.
  static Map<String, Object> socket() {
    return Map.of(
        "rest",
        Map.of("url", "unix://" + cluster().restSocket(), "user", "root", "api", "v0.0.38"));
  }

  /// The commands of this machine.
  static Map<String, Object> local() {
    return Map.of("local", true, "slurm_conf", cluster().conf().toString());
  }

  /// A provider over the cluster, named `test`, whose agent is a shell script that gets the boot
  /// file as `$1`.
  static SlurmProvider open(
      String installationId,
      Path home,
      String script,
      Map<String, Object> way,
      Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("agent", List.of("bash", "-c", script, "agent"));
    settings.put("folder", home.toString());
    settings.put("loopback", true);
    settings.putAll(way);
    settings.putAll(more);
    return (SlurmProvider)
        new SlurmProviderFactory()
            .open(
                new ProviderContext(
                    installationId,
                    home,
                    List.of("fleetserve-agent"),
                    List.of(),
                    home.resolve("infra.yaml"),
                    Map.of("clusters", Map.of("test", settings)),
                    Clock.systemUTC()));
  }
}
