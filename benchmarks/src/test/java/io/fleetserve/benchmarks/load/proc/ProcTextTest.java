package io.fleetserve.benchmarks.load.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fleetserve.benchmarks.load.proc.ProcText.MachineTicks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcTextTest {
  @Test
  void cpuTimeIsUserPlusSystemWhateverTheName() {
    String stat = "4711 (a) b (c) S 1 4711 4711 0 -1 4194304 900 0 0 0 123 45 0 0 20 0 1 0 99 0 0";

    assertThat(ProcText.cpuNanos(stat)).isEqualTo((123 + 45) * 10_000_000L);
  }

  @Test
  void exactCpuTimeIsTheFirstField() {
    assertThat(ProcText.schedNanos("468472 17 3\n")).isEqualTo(468_472);
  }

  @Test
  void sizesAreKibibytes() {
    List<String> status = List.of("Name:\tnginx", "VmHWM:\t   9000 kB", "VmRSS:\t    1024 kB");

    assertThat(ProcText.bytes(status, "VmRSS:")).isEqualTo(1 << 20);
  }

  @Test
  void sharesOfTheMachineAreDifferencesOfTicks() {
    MachineTicks earlier = ProcText.machine("cpu  100 0 50 800 50 0 0 0 0 0");
    MachineTicks later = ProcText.machine("cpu  150 0 70 810 60 0 5 5 0 0");

    assertThat(later.idleShareSince(earlier)).isCloseTo(20 / 100.0, within(1e-9));
    assertThat(later.stealShareSince(earlier)).isCloseTo(5 / 100.0, within(1e-9));
    assertThat(later.idleShareSince(later)).isZero();
  }

  @Test
  void readsThisProcess() throws IOException {
    assertThat(ProcText.cpuNanos(Files.readString(Path.of("/proc/self/stat")))).isPositive();
    ProcessCpu cpu = ProcFiles.cpu(ProcessHandle.current());
    assertThat(cpu.threadNanos()).isNotEmpty();
    assertThat(cpu.busiestThreadSince(new ProcessCpu(0, java.util.Map.of()))).isPositive();
    assertThat(ProcFiles.residentBytes(ProcessHandle.current())).isGreaterThan(1 << 20);
  }
}
