package io.fleetserve.cli.command;

import io.fleetserve.api.spec.ServiceSpec;
import io.fleetserve.api.spec.SpecException;
import io.fleetserve.api.spec.SpecProblem;
import io.fleetserve.api.spec.SpecReader;
import io.fleetserve.api.spec.SpecSource;
import io.fleetserve.cli.client.CommandFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// Reads the service file of a command, with the options that give values to it.
final class ServiceFile {
  /// The file that `FILE` stands for when it is left out.
  static final String DEFAULT = "service.yaml";

  @Option(
      names = "--env",
      paramLabel = "NAME=VALUE",
      description = "Set an environment variable; wins over the file's. NAME alone takes yours.")
  List<String> envs = List.of();

  @Option(names = "--env-file", paramLabel = "FILE", description = "The same, a line each.")
  List<String> envFiles = List.of();

  @Option(
      names = "--secret",
      paramLabel = "NAME=VALUE",
      description = "Set a secret; it is never printed. NAME alone takes your variable.")
  List<String> secrets = List.of();

  @Option(names = "--secret-file", paramLabel = "FILE", description = "The same, a line each.")
  List<String> secretFiles = List.of();

  /// A file that was read and found valid.
  record Valid(SpecSource source, ServiceSpec spec) {}

  /// Reads and checks the file.
  ///
  /// @param file as the user wrote it
  /// @throws CommandFailure with everything that is wrong, a line each
  Valid read(Session session, String file) {
    SpecSource source = source(session, file);
    try {
      return new Valid(source, SpecReader.read(source));
    } catch (SpecException e) {
      throw CommandFailure.wrong(e.problems().stream().map(SpecProblem::toString).toList());
    }
  }

  private SpecSource source(Session session, String file) {
    Path folder = session.workingFolder();
    String yaml;
    try {
      yaml = Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw CommandFailure.wrong(List.of(file + ": cannot be read: " + reason(e)));
    }
    return new SpecSource(
        file,
        yaml,
        folder.toString(),
        values(session, "--env", envFiles, envs),
        values(session, "--secret", secretFiles, secrets));
  }

  private static Map<String, String> values(
      Session session, String option, List<String> files, List<String> arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : files) {
      values.putAll(EnvFile.read(name, session.workingFolder().resolve(name)));
    }
    values.putAll(Assignment.read(option, arguments, session.environment()));
    return values;
  }

  static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "not UTF-8 text";
      case FileSystemException detailed when detailed.getReason() != null -> detailed.getReason();
      default -> String.valueOf(cause.getMessage());
    };
  }
}
