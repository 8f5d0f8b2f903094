package io.fleetserve.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.AgentBundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// Real `sshd` machines on loopback, each with its own address, key and home, and a bundle whose
/// agent only sleeps. [#close] ends the daemons.
///
/// @param folder for keys, homes and logs
/// @param port of every host
record SshHosts(Path folder, int port, int count, AgentBundle bundle) implements AutoCloseable {
  private static final Path SCRIPT =
      Path.of(System.getProperty("fleetserve.shared", "../shared"), "bin/sshd-up.sh");

  /// Starts them; skips the test where that is not possible.
  static SshHosts start(Path folder, int count) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.isExecutable(SCRIPT), SCRIPT + " is missing: it starts the SSH hosts of this test");
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/sshd")), "sshd is missing (openssh-server)");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "SSH hosts of their own need root");
    SshHosts hosts = new SshHosts(folder, freePort(count), count, bundle(folder));
    hosts.up();
    return hosts;
  }

  private static int freePort(int count) throws IOException {
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
  void up() throws IOException, InterruptedException {
    script();
  }

  private void script(String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString(), folder.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SSH_HOSTS", Integer.toString(count));
    builder.environment().put("SSH_PORT", Integer.toString(port));
    builder.redirectOutput(folder.resolve("up.log").toFile());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("up.log"))).isZero();
  }

  /// The daemons end; connections that are open live on in processes of their own.
  void down() throws IOException, InterruptedException {
    script("stop");
  }

  /// Every connection to the hosts breaks, as when they lose power.
  void cutConnections() throws IOException {
    for (ProcessHandle each : ProcessHandle.allProcesses().toList()) {
      String line =
          new String(bytes(Path.of("/proc/" + each.pid() + "/cmdline")), StandardCharsets.UTF_8);
      if (line.startsWith("sshd: root") && isOurs(each)) {
        each.destroyForcibly();
      }
    }
  }

  /// By the mount of the host's home, which the daemon's namespace has.
  private boolean isOurs(ProcessHandle process) throws IOException {
    return new String(
            bytes(Path.of("/proc/" + process.pid() + "/mountinfo")), StandardCharsets.UTF_8)
        .contains(folder.toString() + "/home/");
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException ended) {
      return new byte[0];
    }
  }

  /// Home of a host's user, counted from 1.
  Path home(int host) {
    return folder.resolve("home/" + host);
  }

  /// Writes `infra.yaml` with all hosts in one pool.
  Path infra(Path file, String more) throws IOException {
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

  /// `fleetserve-host` is the real one, on this JVM's classes; the agent sleeps.
  private static AgentBundle bundle(Path folder) throws IOException, InterruptedException {
    Path tree = Files.createDirectories(folder.resolve("bundle"));
    Path bin = Files.createDirectories(tree.resolve("bin"));
    Files.createDirectories(tree.resolve("runtime"));
    script(bin.resolve("fleetserve-agent"), "exec sleep 1000");
    script(
        bin.resolve("fleetserve-host"),
        "exec '%s/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \"%s\" "
                .formatted(System.getProperty("java.home"), classPath(tree))
            + "io.fleetserve.provider.local.HostMain \"${0%/*}/fleetserve-agent\" \"$@\"");
    Path archive = folder.resolve("bundle.tar.gz");
    Process tar =
        new ProcessBuilder(
                "tar", "-czf", archive.toString(), "-C", tree.toString(), "bin", "lib", "runtime")
            .inheritIO()
            .start();
    assertThat(tar.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String arch =
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    return new AgentBundle(archive, sha256(Files.readAllBytes(archive)), arch);
  }

  /// A host has a home of its own in the place of ours, where the local repository may be: the
  /// libraries that `fleetserve-host` needs go with the bundle.
  private static String classPath(Path tree) throws IOException {
    Path lib = Files.createDirectories(tree.resolve("lib"));
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path file = Path.of(entry).toAbsolutePath();
      String name = String.valueOf(file.getFileName());
      if (name.startsWith("jackson-")) {
        Files.copy(file, lib.resolve(name));
        entries.add("${0%/*}/../lib/" + name);
      } else if (!file.startsWith(System.getProperty("user.home"))) {
        entries.add(file.toString());
      }
    }
    return String.join(":", entries);
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  SshProvider open(String installationId, Path home, Path infra, List<AgentBundle> bundles)
      throws IOException {
    return (SshProvider)
        new SshProviderFactory()
            .open(
                new io.fleetserve.provider.ProviderContext(
                    installationId,
                    Files.createDirectories(home),
                    List.of(),
                    bundles,
                    infra,
                    Map.of(),
                    java.time.Clock.systemUTC()));
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
