package io.fleetserve.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreparationTest {
  @TempDir Path folder;
  private Path source;

  @BeforeEach
  void makeSource() throws IOException {
    source = Files.createDirectories(folder.resolve("source"));
    Files.writeString(source.resolve("run.sh"), "echo");
    Files.setPosixFilePermissions(
        source.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-x---"));
    Files.createDirectories(source.resolve("sub/deep"));
    Files.writeString(source.resolve("sub/deep/file"), "deep");
    Files.createSymbolicLink(source.resolve("link"), Path.of("sub/deep/file"));
    Files.createSymbolicLink(source.resolve("dangling"), Path.of("nowhere"));
  }

  @Test
  void workdirIsCopiedWithModesAndLinks() throws IOException {
    assertThat(prepare(source.toString(), Map.of())).isInstanceOf(ReplicaEvent.Prepared.class);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work("run.sh"))))
        .isEqualTo("rwxr-x---");
    assertThat(work("sub/deep/file")).hasContent("deep");
    assertThat(Files.readSymbolicLink(work("link"))).isEqualTo(Path.of("sub/deep/file"));
    assertThat(Files.readSymbolicLink(work("dangling"))).isEqualTo(Path.of("nowhere"));
  }

  @Test
  void readOnlyFolderKeepsItsModeAndItsContent() throws IOException {
    Path locked = source.resolve("sub");
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));

    assertThat(prepare(source.toString(), Map.of())).isInstanceOf(ReplicaEvent.Prepared.class);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work("sub"))))
        .isEqualTo("r-xr-xr-x");
    assertThat(work("sub/deep/file")).hasContent("deep");
    for (Path made : new Path[] {locked, work("sub")}) {
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void workdirThatHoldsTheReplicasIsCopiedWithoutThem() {
    assertThat(prepare(folder.toString(), Map.of())).isInstanceOf(ReplicaEvent.Prepared.class);

    assertThat(work("source/run.sh")).exists();
    assertThat(work("replicas")).doesNotExist();
  }

  @Test
  void missingWorkdirIsNamed() {
    assertThat(prepare(folder + "/nowhere", Map.of()))
        .isEqualTo(new ReplicaEvent.PrepareFailed("workdir: " + folder + "/nowhere: not a folder"));
  }

  @Test
  void relativeMountIsACopyBelowTheWorkFolder() {
    prepare(null, Map.of("in/data", source.toString(), "one", source + "/run.sh"));

    assertThat(work("in/data/sub/deep/file")).hasContent("deep").isRegularFile();
    assertThat(work("one")).hasContent("echo");
  }

  @Test
  void mountThatLeadsOutIsRefused() {
    assertThat(prepare(null, Map.of("../../x", source.toString())))
        .isEqualTo(
            new ReplicaEvent.PrepareFailed(
                "file_mounts: ../../x: ../../x: leads out of the working folder"));
  }

  @Test
  void missingSourceOfAMountIsNamed() {
    assertThat(prepare(null, Map.of("data", folder + "/nowhere")))
        .isEqualTo(
            new ReplicaEvent.PrepareFailed(
                "file_mounts: data: " + folder + "/nowhere: no such file or directory"));
  }

  @Test
  void absoluteMountIsALinkThatIsNotedDown() throws IOException {
    Path target = folder.resolve("outside/data");

    prepare(null, Map.of(target.toString(), source.toString()));
    ReplicaEvent again = prepare(null, Map.of(target.toString(), source.toString()));

    assertThat(again).isInstanceOf(ReplicaEvent.Prepared.class);
    assertThat(target.toRealPath()).isEqualTo(source.toRealPath());
    assertThat(replica().resolve("links")).content().startsWith(target + "\n");
  }

  @Test
  void absoluteMountNeverTakesThePlaceOfSomethingElse() throws IOException {
    Path target = Files.writeString(folder.resolve("precious"), "mine");

    ReplicaEvent event = prepare(null, Map.of(target.toString(), source.toString()));

    assertThat(event).isInstanceOf(ReplicaEvent.PrepareFailed.class);
    assertThat(event.toString()).contains(target.toString(), "is there already");
    assertThat(target).hasContent("mine");
  }

  @Test
  void homeStandsForTilde() {
    prepare(null, Map.of("~/models", source.toString()));

    assertThat(folder.resolve("home/models/run.sh")).exists();
  }

  private ReplicaEvent prepare(@Nullable String workdir, Map<String, String> mounts) {
    TestBoot boot = TestBoot.of(folder, "true").withFiles(workdir, mounts);
    return new Preparation(boot.to("http://127.0.0.1:9"), folder.resolve("home")).run();
  }

  private Path replica() {
    return folder.resolve("replicas/svc-1-1");
  }

  private Path work(String file) {
    return replica().resolve("work").resolve(file);
  }
}
