package io.fleetserve.api.config;

import io.fleetserve.api.yaml.YamlDocument;
import io.fleetserve.api.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A configuration file's text and the errors found in it so far. Confined to one thread.
public final class ConfigText {
  private record Flaw(int line, int column, String text) {}

  private final String fileName;
  private final List<Flaw> flaws = new ArrayList<>();
  private final ConfigSection root;

  /// @param fileName for messages
  public ConfigText(String fileName, String yaml) {
    this.fileName = fileName;
    YamlDocument document =
        yaml.isBlank() ? new YamlDocument(null, List.of()) : YamlReader.read(yaml);
    document
        .problems()
        .forEach(
            problem -> flaw(problem.line(), problem.column(), problem.path(), problem.message()));
    this.root = new ConfigSection(this, "", document.root());
  }

  public ConfigSection root() {
    return root;
  }

  public void flaw(int line, int column, String path, String message) {
    flaws.add(new Flaw(line, column, (path.isEmpty() ? "" : path + ": ") + message));
  }

  /// One line per error, in file order; empty when there is none.
  public String errors() {
    return flaws.stream()
        .sorted(Comparator.comparingInt(Flaw::line).thenComparingInt(Flaw::column))
        .map(flaw ->
            fileName
                + (flaw.line() > 0 ? ":" + flaw.line() + ":" + flaw.column() : "")
                + ": "
                + flaw.text())
        .collect(Collectors.joining("\n"));
  }
}
