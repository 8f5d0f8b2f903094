package io.fleetserve.api.spec;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// Turns paths of a service file into absolute ones: relative to where `serve` was called, `~` is
/// the caller's home. Touches no file.
record LocalPaths(Path baseFolder, Path home) {
  private static final Pattern REMOTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  /// Whether the text names another place than this machine's files, as `s3://bucket`.
  static boolean isRemote(String text) {
    return REMOTE.matcher(text).matches();
  }

  /// @throws java.nio.file.InvalidPathException for a text that can be no path
  String absolute(String text) {
    if (text.equals("~") || text.startsWith("~/")) {
      return home.resolve(text.substring(Math.min(2, text.length()))).normalize().toString();
    }
    return baseFolder.resolve(text).normalize().toString();
  }
}
