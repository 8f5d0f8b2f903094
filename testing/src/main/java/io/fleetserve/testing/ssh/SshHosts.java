package io.fleetserve.testing.ssh;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.testing.fleet.Script;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Real `sshd` machines on loopback, each with its own address, key and home. [#close] ends the
/// daemons and their connections.
///
/// @param folder for keys, homes and logs
/// @param port of every host
/// @param within what their daemons are started by, as `nsenter` with its options; none for empty
public record SshHosts(Path folder, int port, int count, List<String> within)
    implements AutoCloseable {
  private static final Path SCRIPT =
      Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/sshd-up.sh");

  public SshHosts {
    within = List.copyOf(within);
  }

  /// Why they cannot be had here; empty when they can.
  public static Optional<String> missing() {
    return Script.missing("SSH", SCRIPT, List.of("sshd"), "openssh-server");
  }

  /// Starts them, each with the address `127.78.0.<number from 1>`.
  public static SshHosts start(Path folder, int count) throws IOException, InterruptedException {
    SshHosts hosts = new SshHosts(folder, freePort(count), count, List.of());
    hosts.up();
    return hosts;
  }

  static int freePort(int count) throws IOException {
    for (int attempt = 0; attempt < 50; attempt++) {
      try (ServerSocket first = new ServerSocket()) {
        first.bind(new InetSocketAddress(InetAddress.getByName("127.78.0.1"), 0));
        if (free(first.getLocalPort(), count)) {
          return first.getLocalPort();
        }
      }
    }
    throw new IOException("no port is free on all of 127.78.0.1.." + count);
  }

  private static boolean free(int port, int count) throws IOException {
    for (int host = 2; host <= count; host++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.78.0." + host), port));
      } catch (java.net.BindException taken) {
        return false;
      }
    }
    return true;
  }

  /// Starts all daemons, again if they run.
  public void up() throws IOException, InterruptedException {
    script();
  }

  private void script(String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(within);
    command.addAll(List.of("bash", SCRIPT.toString(), folder.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SSH_HOSTS", Integer.toString(count));
    builder.environment().put("SSH_PORT", Integer.toString(port));
    builder.redirectOutput(folder.resolve("up.log").toFile());
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(SCRIPT + ": " + Files.readString(folder.resolve("up.log")));
    }
  }

  /// The daemons end; connections that are open live on in processes of their own.
  public void down() throws IOException, InterruptedException {
    script("stop");
  }

  /// Every connection to the hosts breaks, as when they lose power.
  public void cutConnections() {
    for (LinuxProcess each : LinuxProcess.all()) {
      if (each.alive() && each.commandLine().startsWith("sshd: root") && isOurs(each.pid())) {
        each.kill();
      }
    }
  }

  /// By the mount of the host's home, which the daemon's namespace has.
  private boolean isOurs(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/mountinfo")).contains(folder + "/home/");
    } catch (IOException ended) {
      return false;
    }
  }

  /// Home of a host's user, counted from 1.
  public Path home(int host) {
    return folder.resolve("home/" + host);
  }

  /// Writes `infra.yaml` with all hosts in one pool.
  public Path infra(Path file, String more) throws IOException {
    StringBuilder yaml = new StringBuilder();
    yaml.append("ssh:\n  lab:\n    user: root\n    port: ").append(port);
    yaml.append("\n    identity_file: ").append(folder.resolve("id"));
    yaml.append("\n    known_hosts: ").append(folder.resolve("known_hosts"));
    yaml.append("\n").append(more.indent(4)).append("    hosts:\n");
    for (int host = 1; host <= count; host++) {
      yaml.append("      - {name: h").append(host).append(", host: 127.78.0.").append(host);
      yaml.append("}\n");
    }
    return Files.writeString(file, yaml.toString());
  }

  @Override
  public void close() throws IOException {
    try {
      down();
      cutConnections();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
