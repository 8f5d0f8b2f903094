package io.fleetserve.testing.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Runs the scripts and commands that start and stop the real components of tests. Stateless.
public final class Script {
  private Script() {}

  /// Where programs of Debian are, beside what `PATH` says.
  public static boolean isThere(String program) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /// Why a component that a script starts as root cannot be had here; empty when it can.
  ///
  /// @param what for the message, as in `no Slurm test`
  /// @param packages of Debian that have the programs
  public static Optional<String> missing(
      String what, Path script, List<String> programs, String packages) {
    String none = "no " + what + " test: ";
    if (!Files.exists(script)) {
      return Optional.of(none + script + " is missing");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of(none + "it needs root");
    }
    return programs.stream()
        .filter(program -> !isThere(program))
        .findFirst()
        .map(program -> none + program + " is missing (apt-get install " + packages + ")");
  }

  /// Runs a command to its end and answers its exit code; -1 when it was ended after `seconds`.
  ///
  /// @param out file for both of its streams
  public static int run(
      List<String> command, Map<String, String> environment, Path out, int seconds)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(out.toFile());
    Process process = builder.start();
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return -1;
  }

  /// What a command prints.
  ///
  /// @throws IOException that says so when it fails
  public static String output(List<String> command, Map<String, String> environment, int seconds)
      throws IOException {
    Path out = Files.createTempFile("fleetserve", ".out");
    try {
      int exit = run(command, environment, out, seconds);
      String said = Files.readString(out);
      if (exit != 0) {
        throw new IOException(String.join(" ", command) + ": " + exit + ": " + said);
      }
      return said;
    } finally {
      Files.delete(out);
    }
  }
}
