package io.fleetserve.provider.local;

import io.fleetserve.provider.InstanceRef;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Name of an instance: `<service>-<replicaId>-<generation>.<attemptId>`; the part before the last
/// dot is its folder.
record LocalName(String service, int replicaId, int generation, String attemptId) {
  private static final Pattern FOLDER = Pattern.compile("([^/]+)-(\\d{1,9})-(\\d{1,9})");

  /// Attempt id of a folder without a readable boot file; no real one has this form.
  private static final String NO_ATTEMPT = "-";

  /// @throws IllegalArgumentException when the id was not made by this provider
  static LocalName of(InstanceRef ref) {
    int dot = ref.id().lastIndexOf('.');
    Matcher folder = FOLDER.matcher(dot < 0 ? "" : ref.id().substring(0, dot));
    if (!folder.matches()) {
      throw new IllegalArgumentException(
          "instance: " + ref.id() + " (expected: service-replica-generation.attempt)");
    }
    return of(folder, ref.id().substring(dot + 1));
  }

  static LocalName ofFolder(Path path) {
    Matcher folder = FOLDER.matcher(String.valueOf(path.getFileName()));
    return folder.matches()
        ? of(folder, NO_ATTEMPT)
        : new LocalName(folder(path), 0, 0, NO_ATTEMPT);
  }

  private static String folder(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static LocalName of(Matcher folder, String attemptId) {
    return new LocalName(
        folder.group(1),
        Integer.parseInt(folder.group(2)),
        Integer.parseInt(folder.group(3)),
        attemptId);
  }

  String folder() {
    return service + "-" + replicaId + "-" + generation;
  }

  InstanceRef ref() {
    return new InstanceRef(LocalProvider.NAME, folder() + "." + attemptId);
  }

  /// Whether the attempt is unknown, because the folder's boot file was never complete.
  boolean unknownAttempt() {
    return attemptId.equals(NO_ATTEMPT);
  }
}
