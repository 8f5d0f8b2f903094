package io.fleetserve.provider.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Archives, unpacked by the system's `tar`.
final class TarWriterTest {
  @TempDir Path folder;

  @Test
  void filesFoldersLinksModesAndLongNamesComeBack() throws Exception {
    String longName = "d/" + "n".repeat(180);
    Path archive = folder.resolve("a.tar");
    Path source = Files.createDirectories(folder.resolve("source/sub"));
    Files.writeString(source.resolve("x"), "content");
    Files.setPosixFilePermissions(
        source.resolve("x"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.createSymbolicLink(source.resolve("y"), Path.of("x"));

    try (OutputStream out = Files.newOutputStream(archive)) {
      TarWriter tar = new TarWriter(out);
      tar.folder("d", 0700);
      tar.file("d/secret", 0600, "s".getBytes(StandardCharsets.UTF_8));
      tar.file(longName, 0644, new byte[1500]);
      tar.link("bin", "usr/bin");
      tar.tree("tree", folder.resolve("source"));
      tar.end();
    }

    Path to = Files.createDirectory(folder.resolve("to"));
    Process tar =
        new ProcessBuilder("tar", "-xpf", archive.toString(), "-C", to.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tar.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isEmpty();
    assertThat(mode(to.resolve("d"))).isEqualTo("rwx------");
    assertThat(mode(to.resolve("d/secret"))).isEqualTo("rw-------");
    assertThat(Files.size(to.resolve(longName))).isEqualTo(1500);
    assertThat(Files.readSymbolicLink(to.resolve("bin"))).isEqualTo(Path.of("usr/bin"));
    assertThat(mode(to.resolve("tree/sub/x"))).isEqualTo("rwxr-x--x");
    assertThat(to.resolve("tree/sub/y")).hasContent("content");
  }

  private static String mode(Path path) throws java.io.IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
