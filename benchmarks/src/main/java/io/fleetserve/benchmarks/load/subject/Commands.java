package io.fleetserve.benchmarks.load.subject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Starts programs.
final class Commands {
  private Commands() {}

  /// Starts a program whose output goes to `output.log` in its folder.
  static ProcessBuilder inFolder(Path folder, List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output.log").toFile()));
  }

  /// First line that a short program prints; empty when it is not there.
  static String firstLine(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(10, TimeUnit.SECONDS);
      return output.lines().findFirst().orElse("").strip();
    } catch (IOException notInstalled) {
      return "";
    }
  }
}
