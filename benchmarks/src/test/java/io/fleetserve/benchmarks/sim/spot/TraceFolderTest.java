package io.fleetserve.benchmarks.sim.spot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetserve.controller.spot.ZoneKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceFolderTest {
  @TempDir Path folder;

  private void write(String name, int gap, String data) throws IOException {
    Files.writeString(
        folder.resolve(name),
        "{\"metadata\": {\"gap_seconds\": %d}, \"data\": [%s]}".formatted(gap, data));
  }

  @Test
  void readsZonesInTheOrderOfTheirFiles() throws IOException {
    write("us-west-2c_v100_1.json", 60, "4, 0");
    write("us-central1-a_a100_40gb_8.json", 60, "0, 2");

    SpotTrace trace = new TraceFolder(folder, Map.of()).read();

    assertThat(trace.zones())
        .containsExactly(
            new ZoneKey("gcp", "us-central1", "us-central1-a"),
            new ZoneKey("aws", "us-west-2", "us-west-2c"));
    assertThat(trace.ticks()).isEqualTo(4);
    assertThat(trace.capacity(1, 1)).isEqualTo(4);
    assertThat(trace.capacity(1, 2)).isZero();
  }

  @Test
  void aTickTakesThePointBeforeIt() throws IOException {
    write("us-west-2a_v100_1.json", 75, "2, 3");

    SpotTrace trace = new TraceFolder(folder, Map.of()).read();

    assertThat(List.of(trace.capacity(0, 2), trace.capacity(0, 3))).containsExactly(2, 3);
    assertThat(trace.ticks()).isEqualTo(5);
  }

  @Test
  void aSetOfOnesIsUnlimited() throws IOException {
    write("us-west-2a_v100_1.json", 30, "1, 0");

    SpotTrace trace = new TraceFolder(folder, Map.of()).read();

    assertThat(trace.capacity(0, 0)).isEqualTo(SpotTrace.UNLIMITED);
    assertThat(trace.oneReplicaPerZone("one").capacity(0, 0)).isEqualTo(1);
  }

  @Test
  void refusesSetsThatSeemToStartAtDifferentTimes() throws IOException {
    write("us-west-2a_v100_1.json", 30, "1, 0, 1, 1");
    write("us-west-2b_v100_1.json", 30, "1, 0");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceFolder(folder, Map.of()).read())
        .withMessageContaining("--skip us-west-2a=2");
    SpotTrace aligned = new TraceFolder(folder, Map.of("us-west-2a", 2)).read();
    assertThat(aligned.capacity(0, 1)).isEqualTo(SpotTrace.UNLIMITED);
  }

  @Test
  void saysWhatIsWrongWithASkip() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TraceFolder.skips(List.of("us-west-2a")))
        .withMessageContaining("ZONE=POINTS");
  }
}
