package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.provider.AgentBundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Bundles for this machine whose agent is a shell script.
final class TestBundle {
  private TestBundle() {}

  /// Makes the archive.
  static Path archive(Path folder, String agent) throws Exception {
    Path bin = Files.createDirectories(folder.resolve("tree/bin"));
    Path program = Files.writeString(bin.resolve("fleetserve-agent"), "#!/bin/sh\n" + agent);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path archive = folder.resolve("bundle.tar.gz");
    Process tar =
        new ProcessBuilder("tar", "-czf", archive.toString(), "-C", folder + "/tree", "bin")
            .start();
    assertThat(tar.waitFor()).isZero();
    return archive;
  }

  /// The bundle of an archive that may be missing.
  static NodeAgent of(Path archive, String sha256) throws Exception {
    String machine =
        new String(
                new ProcessBuilder("uname", "-m").start().getInputStream().readAllBytes(),
                StandardCharsets.UTF_8)
            .strip();
    return new NodeAgent.Bundled(List.of(new AgentBundle(archive, sha256, machine)));
  }
}
