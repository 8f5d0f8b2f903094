package io.fleetserve.api.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What reading a YAML text gave.
///
/// @param root null when the text is empty or no YAML at all
/// @param problems in file order; empty when the text is fine
public record YamlDocument(@Nullable YamlNode root, List<Problem> problems) {
  public YamlDocument {
    problems = List.copyOf(problems);
  }

  /// One thing wrong with the text.
  ///
  /// @param line from 1; 0 means the text as a whole
  /// @param column from 1; 0 means the text as a whole
  /// @param path of the value, for example `service.replicas`; empty when not known
  /// @param message one line, for people; never holds a value of the text
  public record Problem(int line, int column, String path, String message) {}
}
