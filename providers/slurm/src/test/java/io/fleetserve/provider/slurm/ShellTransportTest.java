package io.fleetserve.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetserve.provider.MachineFit;
import io.fleetserve.provider.slurm.ClusterView.Partition;
import io.fleetserve.provider.slurm.SlurmTransport.SlurmRefusal;
import io.fleetserve.provider.transport.NotSentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands of a login node, with programs that stand for Slurm's.
final class ShellTransportTest {
  @TempDir Path bin;

  @Test
  void sinfoIsReadIntoPartitionsAndSpotIsWhatHasATierAboveIt() {
    ClusterView view =
        ShellTransport.view(
            """
            node1|ondemand|mix|3/13/0/16|65536|zone-a,a100|gpu:a100:4(S:0-1)|OFF|100|up|512|gpu:a100:2(IDX:0-1)|
            node1|spot|mix|3/13/0/16|65536|zone-a,a100|gpu:a100:4|REQUEUE|1|up|512|gpu:a100:2(IDX:0-1)|
            node2|spot|down*|0/0/8/8|32768+|(null)|(null)|REQUEUE|1|up|0|gpu:0|
            node9|alone|mix|1/7/0/8|1000|x|gpu:2|CANCEL|1|drain|0|gpu:(null):1(IDX:0)|
            """);

    assertThat(view.partitions())
        .extracting(Partition::name)
        .containsExactly("ondemand", "spot", "alone");
    assertThat(view.partitions()).extracting(view::isSpot).containsExactly(false, true, false);
    Partition spot = view.partitions().get(1);
    assertThat(spot.nodes().getFirst().gpus()).containsExactly(Map.entry("a100", 4));
    assertThat(spot.nodes().getFirst().cpus()).isEqualTo(16);
    assertThat(spot.nodes().get(1).usable()).isFalse();
    assertThat(spot.nodes().get(1).memoryMib()).isEqualTo(32_768);
    assertThat(view.partitions().get(2).up()).isFalse();
    assertThat(view.partitions().get(2).nodes().getFirst().gpus()).containsEntry("gpu", 2);
    assertThat(ClusterView.free(spot))
        .isEqualTo(new MachineFit(13, (65_536L - 512) << 20, Map.of("a100", 2)));
    assertThat(ClusterView.free(view.partitions().get(2)).accelerators()).containsEntry("gpu", 1);
  }

  @Test
  void nothingIsFreeOnANodeWithoutACpuLeft() {
    ClusterView view =
        ShellTransport.view(
            """
            node1|gpu|alloc|8/0/0/8|1000|x|gpu:t4:2|OFF|1|up|100|gpu:t4:1(IDX:0)|
            node2|gpu|idle|0/8/0/8|1000|x|gpu:t4:2|OFF|1|up|0|gpu:t4:0(IDX:N/A)|
            node3|gpu|down|0/0/8/8|1000|x|gpu:t4:2|OFF|1|up|0|gpu:t4:0(IDX:N/A)|
            """);

    assertThat(ClusterView.size(view.partitions().getFirst()))
        .isEqualTo(new MachineFit(16, 2000L << 20, Map.of("t4", 4)));
    assertThat(ClusterView.free(view.partitions().getFirst()))
        .isEqualTo(new MachineFit(8, 1000L << 20, Map.of("t4", 2)));
  }

  @Test
  void jobIdIsTakenFromSbatchAndTheScriptGoesOverStandardInput() throws Exception {
    program("sbatch", "cat >" + bin + "/stdin; echo \"$@\" >" + bin + "/args; echo '17;cluster'");

    long id = transport().submit(request("#!/bin/bash\necho secret\n"));

    assertThat(id).isEqualTo(17);
    assertThat(Files.readString(bin.resolve("stdin"))).contains("echo secret");
    assertThat(Files.readString(bin.resolve("args"))).doesNotContain("secret");
  }

  @Test
  void refusalIsToldWithItsWordsAndAnAnswerWithoutAnIdIsNotTakenForOne() throws Exception {
    program("sbatch", "cat >/dev/null; echo 'sbatch: error: no' >&2; exit 1");
    assertThatThrownBy(() -> transport().submit(request("#!/bin/bash\n")))
        .isInstanceOf(SlurmRefusal.class)
        .hasMessageContaining("error: no");

    program("sbatch", "cat >/dev/null; echo 'welcome to the cluster'");
    assertThatThrownBy(() -> transport().submit(request("#!/bin/bash\n")))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NotSentException.class)
        .hasMessageContaining("job id");
  }

  @Test
  void commandThatDoesNotEndIsEndedAndMayHaveBeenRun() throws Exception {
    program("hangs", "exec sleep 100");
    Shell shell = new Shell(Optional.empty(), Map.of());

    assertThatThrownBy(
            () -> shell.run(List.of(bin + "/hangs"), Shell.Input.NONE, Duration.ofMillis(200)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NotSentException.class)
        .hasMessageContaining("no end within");
  }

  @Test
  void programThatIsMissingWasNotRun() {
    Shell shell = new Shell(Optional.empty(), Map.of());

    assertThatThrownBy(
            () -> shell.run(List.of(bin + "/nothing"), Shell.Input.NONE, Duration.ofSeconds(5)))
        .isInstanceOf(NotSentException.class);
  }

  @Test
  void cancellingWhatIsOverIsSuccess() throws Exception {
    program(
        "scancel",
        "echo 'scancel: error: Kill job error on job id 5: Invalid job id specified' >&2; exit 1");
    transport().cancel(5);

    program("scancel", "echo 'scancel: error: Access/permission denied' >&2; exit 1");
    assertThatThrownBy(() -> transport().cancel(5)).isInstanceOf(SlurmRefusal.class);
  }

  private void program(String name, String script) throws IOException {
    Path file = bin.resolve(name);
    Files.write(file, ("#!/bin/sh\n" + script + "\n").getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private ShellTransport transport() {
    return new ShellTransport(new Shell(Optional.empty(), Map.of()), bin + "/");
  }

  private static JobRequest request(String script) {
    return new JobRequest(
        new JobMark(new io.fleetserve.provider.Ownership("i", "svc", 1, 1), "a1"),
        "p",
        1,
        List.of(),
        0,
        0,
        Optional.empty(),
        "/dev/null",
        Map.of(),
        script);
  }
}
