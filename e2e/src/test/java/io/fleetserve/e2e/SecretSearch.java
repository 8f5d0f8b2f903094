package io.fleetserve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.process.LinuxProcess;
import io.fleetserve.testing.fleet.Fleet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
        String text = text(file);
        String token = text.isEmpty() ? "" : Fleet.parse(text).path("token").asString("");
        if (!token.isEmpty()) { // else it is being written, or was removed
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
    told(file.toString(), text(file));
  }

  /// Nothing where it was removed meanwhile, as what is left of a replica that is over is.
  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException removed) {
      return "";
    }
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
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException removed) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException removed) {
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
