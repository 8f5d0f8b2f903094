package io.fleetserve.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {
  @TempDir Path home;

  @Test
  void helpListsEveryCommand() {
    Call help = Call.serve(home, "--help");

    assertThat(help.exit()).isZero();
    assertThat(help.out())
        .contains("up ", "status ", "logs ", "events ", "explain ", "update ", "rollback ", "down ")
        .contains("validate ", "plan ", "check ", "gpus ", "infra ", "agents ")
        .contains("controller ", "load-balancer ", "completion ")
        .contains("Examples:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "status",
        "logs",
        "events",
        "explain",
        "update",
        "rollback",
        "down",
        "validate",
        "plan",
        "check",
        "gpus",
        "infra",
        "agents",
        "controller",
        "load-balancer",
        "completion"
      })
  void everyCommandHasHelpWithExamples(String command) {
    Call help = Call.serve(home, command, "--help");

    assertThat(help.exit()).isZero();
    assertThat(help.out()).startsWith("Usage: serve " + command).contains("Examples:");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void versionIsPrinted() {
    assertThat(Call.serve(home, "--version").out()).isEqualTo("Fleetserve 1.2.3\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "upp",
        "up --nmae x",
        "up a b",
        "update llm",
        "update llm f --mode fast",
        "rollback",
        "rollback llm --version one",
        "down",
        "down llm --all",
        "logs",
        "logs llm --tail -1",
        "status -o xml",
        "controller",
        "load-balancer",
        "controller restart",
        "infra",
        "agents",
        "agents revoke llm",
        "agents revoke llm one",
        "gpus a b",
        "completion fish"
      })
  void wrongUsageExitsWithTwoAndTouchesNothing(String arguments) throws IOException {
    Call call = Call.serve(home, arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(call.exit()).as(call.toString()).isEqualTo(2);
    assertThat(call.out()).isEmpty();
    assertThat(call.err()).isNotBlank().doesNotContain("Exception");
    try (var files = Files.list(home)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void mistypedCommandIsToldTheNearest() {
    assertThat(Call.serve(home, "statsu").err()).contains("Did you mean", "status");
  }

  @Test
  void homeThatWasNeverUsedIsAnsweredWithoutAController() throws IOException {
    assertThat(Call.serve(home, "status").out()).isEqualTo("No services.\n");
    assertThat(Call.serve(home, "status", "-o", "json").out().strip()).isEqualTo("[ ]");
    assertThat(Call.serve(home, "down", "--all").exit()).isZero();
    assertThat(Call.serve(home, "events", "-o", "json").out().strip()).isEqualTo("[ ]");
    assertThat(Call.serve(home, "controller", "stop").exit()).isZero();
    assertThat(Call.serve(home, "controller", "status").exit()).isEqualTo(1);
    try (var files = Files.list(home)) {
      assertThat(files).isEmpty();
    }
  }
}
