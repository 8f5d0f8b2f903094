package io.fleetserve.provider.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.AgentBundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real shells that put a bundle into its place.
final class BundleScriptsTest {
  @TempDir Path folder;

  private AgentBundle bundle;
  private Path place;

  @BeforeEach
  void make() throws Exception {
    Path content = folder.resolve("content");
    Files.createDirectories(content.resolve("bin"));
    Files.writeString(content.resolve("bin/fleetserve-agent"), "new");
    Path archive = folder.resolve("bundle.tar.gz");
    Process tar =
        new ProcessBuilder("tar", "-czf", archive.toString(), "-C", content.toString(), "bin")
            .start();
    assertThat(tar.waitFor()).isZero();
    String sha256 =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive)));
    bundle = new AgentBundle(archive, sha256, "x86_64");
    place = folder.resolve("agents").resolve(sha256);
  }

  @Test
  void unpacksIntoItsPlace() throws Exception {
    assertThat(install("")).isZero();

    assertThat(agent()).isEqualTo("new");
    assertThat(place.resolve("complete")).exists();
    assertThat(folder.resolve("agents")).isDirectoryNotContaining("glob:**.part.*");
  }

  @Test
  void replacesWhatIsNotWhole() throws Exception {
    Files.createDirectories(place.resolve("bin"));
    Files.writeString(place.resolve("bin/fleetserve-agent"), "half");

    assertThat(install("")).isZero();

    assertThat(agent()).isEqualTo("new");
  }

  /// Another comes first between any two steps at the end: its agents may run from there already.
  @Test
  void leavesAloneWhatAnotherHasUnpackedMeanwhile() throws Exception {
    String other =
        "[ -e '%1$s' ] || { mkdir -p '%1$s/bin'; printf other >'%1$s/bin/fleetserve-agent'; : >'%1$s/complete'; }"
            .formatted(place);
    Path commands = Files.createDirectories(folder.resolve("commands"));
    for (String command : List.of("mv", "rm")) {
      Path file =
          Files.writeString(
              commands.resolve(command),
              "#!/bin/sh\ncase \"$*\" in *bundle.tar.gz) ;; *) %s ;; esac\nexec /bin/%s \"$@\"\n"
                  .formatted(other, command));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    assertThat(install("PATH='" + commands + "':$PATH\n")).isZero();

    assertThat(agent()).isEqualTo("other");
    assertThat(place).isDirectoryNotContaining("glob:**.part.*");
    assertThat(folder.resolve("agents")).isDirectoryNotContaining("glob:**.part.*");
  }

  private String agent() throws IOException {
    return Files.readString(place.resolve("bin/fleetserve-agent"));
  }

  private int install(String before) throws IOException, InterruptedException {
    String script = new BundleScripts("'" + folder.resolve("agents") + "'").install(bundle);
    Process shell =
        new ProcessBuilder("sh", "-c", before + script)
            .redirectInput(bundle.file().toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = shell.waitFor();
    assertThat(said).isEmpty();
    return code;
  }
}
