package io.fleetserve.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/// `benchmarks/results/NAME.json` of a repository.
final class ResultFile {
  private ResultFile() {}

  /// Writes figures as JSON, and tells where.
  static void write(Path root, String name, Object figures, PrintStream out) throws IOException {
    Path folder = Files.createDirectories(root.resolve("benchmarks/results"));
    Path file = folder.resolve(name + ".json");
    Files.writeString(
        file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(figures) + "\n");
    out.println("written: " + file);
  }
}
