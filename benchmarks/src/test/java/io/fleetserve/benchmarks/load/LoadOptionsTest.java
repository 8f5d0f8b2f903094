package io.fleetserve.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LoadOptionsTest {
  @Test
  void readsOptions() {
    LoadOptions options =
        LoadOptions.parse(
            List.of("/r", "--rounds", "3", "--only", "small,idle", "--jvm", "-Xa -Xb"));

    assertThat(options.rounds()).isEqualTo(3);
    assertThat(options.seconds()).isEqualTo(4);
    assertThat(options.wants("idle")).isTrue();
    assertThat(options.wants("start")).isFalse();
    assertThat(options.jvm()).isEqualTo("-Xa -Xb");
  }

  @Test
  void namesWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadOptions.parse(List.of("/r", "--rounds", "0")))
        .withMessage("--rounds: 0 (expected: 1-50)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadOptions.parse(List.of("/r", "--only", "smal")))
        .withMessageContaining("smal (expected: some of small,");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadOptions.parse(List.of("/r", "--round", "1")))
        .withMessageContaining("--round (expected:");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadOptions.parse(List.of("/r", "--rounds")))
        .withMessage("--rounds: value missing");
  }
}
