package io.fleetserve.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvFileTest {
  @TempDir Path folder;

  @Test
  void linesCommentsQuotesAndExport() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("env"), "# c\n\nA=1\nexport B=\"x = y\"\nC='$HOME'\nD=\nE=a'b\n");

    assertThat(EnvFile.read("env", file))
        .containsExactly(
            entry("A", "1"),
            entry("B", "x = y"),
            entry("C", "$HOME"),
            entry("D", ""),
            entry("E", "a'b"));
  }

  @Test
  void wrongLineIsNamedWithoutItsValue() throws IOException {
    Path file = Files.writeString(folder.resolve("env"), "A=1\n2B=hush\n");

    assertThatThrownBy(() -> EnvFile.read("env", file))
        .hasMessageStartingWith("env:2: ")
        .message()
        .doesNotContain("hush");
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> EnvFile.read("nope", folder.resolve("nope")))
        .hasMessage("nope: cannot be read: no such file");
  }

  @Test
  void assignmentsTakeValuesFromTheCallerWhenNoneIsGiven() {
    assertThat(Assignment.read("--env", List.of("A=x=y", "B", "C="), Map.of("B", "b")))
        .containsExactly(entry("A", "x=y"), entry("B", "b"), entry("C", ""));
    assertThatThrownBy(() -> Assignment.read("--secret", List.of("B"), Map.of()))
        .hasMessageContaining("--secret B=VALUE");
    assertThatThrownBy(() -> Assignment.read("--secret", List.of("hush hush"), Map.of()))
        .message()
        .doesNotContain("hush");
  }
}
