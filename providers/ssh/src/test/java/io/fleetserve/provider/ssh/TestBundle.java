package io.fleetserve.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.AgentBundle;
import io.fleetserve.provider.ProviderContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A bundle whose agent only sleeps, and providers that use it.
final class TestBundle {
  private TestBundle() {}

  /// `fleetserve-host` is the real one, on this JVM's classes; the agent sleeps.
  static AgentBundle make(Path folder) throws IOException, InterruptedException {
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
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
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

  static SshProvider open(String installationId, Path home, Path infra, List<AgentBundle> bundles)
      throws IOException {
    return (SshProvider)
        new SshProviderFactory()
            .open(
                new ProviderContext(
                    installationId,
                    Files.createDirectories(home),
                    List.of(),
                    bundles,
                    infra,
                    Map.of(),
                    Clock.systemUTC()));
  }
}
