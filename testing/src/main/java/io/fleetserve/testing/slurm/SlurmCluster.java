package io.fleetserve.testing.slurm;

import io.fleetserve.testing.fleet.Script;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A real cluster on loopback: four nodes `127.77.0.1` to `.4` with accelerators that are none,
/// partitions with and without preemption, `slurmrestd`. [#close] ends its jobs and daemons.
///
/// @param folder for its configuration, state and logs; its path is short, for the sake of sockets
/// @param restUrl of `slurmrestd`, which wants the token of [#token]
/// @param token file with a JWT of root
public record SlurmCluster(Path folder, String restUrl, Path token) implements AutoCloseable {
  private static final int NODES = 4;

  private static final Path SCRIPT =
      Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/slurm-up.sh");

  /// Why there can be none here; empty when there can.
  public static Optional<String> missing() {
    return Script.missing(
        "Slurm",
        SCRIPT,
        List.of("slurmctld", "slurmd", "slurmrestd", "munged", "unshare", "nsenter", "curl"),
        "slurm-wlm slurmrestd slurm-wlm-jwt-plugin munge");
  }

  /// Starts one in a folder of its own.
  ///
  /// @throws IOException with the script's words when it does not start
  public static SlurmCluster start() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "fss");
    Path log = folder.resolve("up.log");
    Map<String, String> port = Map.of("SLURM_PORT", Integer.toString(freePorts()));
    List<String> command = List.of("bash", SCRIPT.toString(), folder.toString());
    if (Script.run(command, port, log, 60) != 0) {
      String said = Files.readString(log);
      new SlurmCluster(folder, "", log).close();
      throw new IOException("the cluster does not start here: " + said);
    }
    // On loopback nodes answer to another address than the one that a job's own `srun` listens on,
    // unless it listens on all.
    Path conf = folder.resolve("etc/slurm.conf");
    Files.writeString(conf, Files.readString(conf).replace("=NoInAddrAny,", "="));
    String env = Files.readString(folder.resolve("env.sh"));
    Path token = Files.writeString(folder.resolve("token"), value(env, "SLURM_TEST_JWT"));
    return new SlurmCluster(folder, value(env, "SLURM_REST_URL"), token);
  }

  /// The first of three free ports in a row.
  private static int freePorts() throws IOException {
    for (int port = 17_817; port < 18_000; port += 3) {
      if (isFree(port) && isFree(port + 1) && isFree(port + 2)) {
        return port;
      }
    }
    throw new IOException("no three ports in a row are free from 17817");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private static String value(String env, String name) {
    Matcher matcher = Pattern.compile("export " + name + "=(.*)").matcher(env);
    if (!matcher.find()) {
      throw new IllegalStateException(name + " is missing in " + env);
    }
    return matcher.group(1).strip();
  }

  public Path conf() {
    return folder.resolve("etc/slurm.conf");
  }

  public Path restSocket() {
    return folder.resolve("rest/slurmrestd.sock");
  }

  /// Content of `config.yaml` for a controller that has it as the cluster `test`; more about the
  /// cluster may follow, with an indent of eight.
  public String config() {
    return """
    providers:
      slurm:
        clusters:
          test:
            rest: {url: '%s', user: root, token_file: %s, api: v0.0.38}
            loopback: true
            folder: %s
    """
        .formatted(restUrl, token, folder.resolve("nodes"));
  }

  /// Submits a job that needs all of a node and may push others off it.
  ///
  /// @return its number
  public String occupy(String node) throws IOException {
    return run(
            "sbatch",
            "--parsable",
            "--partition=ondemand",
            "--exclusive",
            "--nodelist=" + node,
            "--output=/dev/null",
            "--wrap=sleep 300")
        .strip();
  }

  /// Runs a command of Slurm and returns what it prints.
  public String run(String... command) throws IOException {
    return Script.output(List.of(command), environment(), 30);
  }

  private Map<String, String> environment() {
    return Map.of("SLURM_CONF", conf().toString());
  }

  /// Makes a folder of this machine empty for jobs from now on, as on nodes that do not share it.
  public void hide(Path shared) throws IOException {
    for (int node = 1; node <= NODES; node++) {
      String pid = Files.readString(folder.resolve("run/slurmd-node" + node + ".pid")).strip();
      String space = "--mount=/proc/" + pid + "/ns/mnt";
      run("nsenter", space, "mount", "-t", "tmpfs", "none", shared.toString());
    }
  }

  /// Ends the cluster's controller in order, so that it notes down its jobs; they run on.
  public void stopController() throws IOException {
    String pid = Files.readString(folder.resolve("run/slurmctld.pid")).strip();
    Script.output(
        List.of(
            "bash",
            "-c",
            "kill $0; while grep -qs '^State:.[^Z]' /proc/$0/status; do sleep 0.05; done",
            pid),
        Map.of(),
        30);
  }

  /// Starts it again and waits for its nodes; it finds its jobs.
  public void startController() throws IOException {
    run("slurmctld", "-f", conf().toString());
    run(
        "bash",
        "-c",
        "until [ \"$(sinfo -h -N -r -p ondemand -t idle,mix,alloc -o %N | wc -l)\" = "
            + NODES
            + " ]; do sleep 0.1; done");
  }

  @Override
  public void close() throws IOException {
    Path down = SCRIPT.resolveSibling("slurm-down.sh");
    Path nowhere = Path.of("/dev/null");
    Script.run(List.of("bash", down.toString(), folder.toString()), environment(), nowhere, 60);
    Script.run(List.of("rm", "-rf", folder.toString()), Map.of(), nowhere, 60);
  }
}
