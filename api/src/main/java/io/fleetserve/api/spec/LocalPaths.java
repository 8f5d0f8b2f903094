package io.fleetserve.api.spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Turns paths of a service file into absolute ones: relative to where `serve` was called, `~` is
/// the caller's home. Touches no file.
record LocalPaths(Path baseFolder, Path home) {
  private static final Pattern REMOTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  /// Whether the text names another place than this machine's files, as `s3://bucket`.
  static boolean isRemote(String text) {
    return REMOTE.matcher(text).matches();
  }

  /// The file that a key names, as an absolute path; what can be no path is reported.
  Optional<String> pemFile(Section section, String key) {
    Optional<String> path = section.text(key).flatMap(this::absolute);
    if (path.isEmpty() && section.text(key).isPresent()) {
      section.wrong(key, " is no local path (expected: a path on this machine)");
    }
    return path;
  }

  /// Empty for a text that can be no path, such as one with a NUL character.
  Optional<String> absolute(String text) {
    boolean inHome = text.equals("~") || text.startsWith("~/");
    try {
      Path path =
          inHome
              ? home.resolve(text.substring(Math.min(2, text.length())))
              : baseFolder.resolve(text);
      return Optional.of(path.normalize().toString());
    } catch (InvalidPathException ignored) {
      return Optional.empty();
    }
  }
}
