package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.testing.fleet.Fleet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Looks for secrets where nobody must find them: logs, answers of the API, errors, the list of
/// processes, and what a test adds. Secrets are the service's own, the controller's tokens and key,
/// and the one-time tokens of agents.
final class SecretSearch {
  private final Fleet fleet;
  private final Set<String> secrets = new HashSet<>();
  private final Map<String, String> told = new HashMap<>();

  /// @param canary secret of the service
  SecretSearch(Fleet fleet, String canary) throws IOException {
    this.fleet = fleet;
    secrets.add(canary);
    for (String file : List.of("token", "lb.token", "ca/ca.key")) {
      secretFile(fleet.home().resolve(file));
    }
  }

  /// Every long line of it, but for the frame of a PEM file.
  SecretSearch secretFile(Path file) throws IOException {
    List<String> lines =
        Files.readString(file)
            .lines()
            .filter(line -> line.length() > 20 && !line.startsWith("-----"))
            .toList();
    assertThat(lines).as("secrets of %s", file).isNotEmpty();
    secrets.addAll(lines);
    return this;
  }

  /// Folders of replicas below: the agents' one-time tokens, and logs, which must not tell any.
  ///
  /// @param tops among which at least one replica lives
  SecretSearch replicas(List<Path> tops) throws IOException {
    int tokens = 0;
    List<Path> files = new ArrayList<>();
    for (Path top : tops) {
      files.addAll(files(top));
    }
    for (Path file : files) {
      if (file.endsWith("boot.json")) {
        String token = Fleet.parse(Files.readString(file)).path("token").asString("");
        if (!token.isEmpty()) { // else it is being written
          assertThat(token).hasSizeGreaterThan(20);
          secrets.add(token);
          tokens++;
        }
      } else if (file.toString().endsWith(".log")) {
        log(file);
      }
    }
    assertThat(tokens).as("tokens below %s", tops).isPositive();
    return this;
  }

  private void log(Path file) throws IOException {
    told(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /// @param text that must not have any
  SecretSearch told(String where, String text) {
    told.put(where, text);
    return this;
  }

  void assertNoneIsTold() throws IOException {
    for (Path file : files(fleet.home().resolve("logs"))) {
      log(file);
    }
    for (String command :
        List.of("status", "events", "agents list", "infra list", "check", "gpus")) {
      told(command, fleet.must((command + " -o json").split(" ")).out());
    }
    for (JsonNode service : fleet.json("status")) {
      String name = service.get("name").asString();
      told("explain " + name, fleet.must("explain", name, "-o", "json").out());
    }
    told(
        "process list",
        LinuxProcess.all().stream()
            .map(LinuxProcess::commandLine)
            .collect(Collectors.joining("\n")));
    told.forEach((where, text) ->
        assertThat(secrets.stream().filter(text::contains).toList())
            .as("secrets in %s", where)
            .isEmpty());
  }

  private static List<Path> files(Path top) throws IOException {
    if (!Files.isDirectory(top)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(top)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
