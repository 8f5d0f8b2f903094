package io.fleetserve.cli.command;

import io.fleetserve.cli.client.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reader of files with `NAME=VALUE` lines, as `--env-file` and `--secret-file` take them.
///
/// Empty lines and lines that start with `#` are skipped; `export ` before a name is allowed; a
/// value may stand in single or double quotes, which are removed. Nothing is expanded.
final class EnvFile {
  private EnvFile() {}

  /// The values by name.
  ///
  /// @param name as the user wrote it
  /// @throws CommandFailure that names file and line, never a value
  static Map<String, String> read(String name, Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw CommandFailure.wrong(List.of(name + ": cannot be read: " + ServiceFile.reason(e)));
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String pair = line.startsWith("export ") ? line.substring("export ".length()).strip() : line;
      int equals = pair.indexOf('=');
      String key = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (!Assignment.isName(key)) {
        throw CommandFailure.wrong(
            List.of(
                name
                    + ":"
                    + (i + 1)
                    + ": expected NAME=VALUE with a name of letters, digits and _"));
      }
      values.put(key, unquoted(pair.substring(equals + 1).strip()));
    }
    return values;
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(value.length() - 1) == value.charAt(0);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
