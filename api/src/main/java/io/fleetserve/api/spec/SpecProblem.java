package io.fleetserve.api.spec;

/// One thing wrong with a service file.
///
/// @param line from 1; 0 means the file as a whole
/// @param column from 1; 0 means the file as a whole
/// @param path for example `service.replica_policy.min_replicas`
/// @param message value, expectation and fix, one line without the place
public record SpecProblem(String file, int line, int column, String path, String message) {
  /// `file:line:column: path: message`, parts that are unknown left out.
  @Override
  public String toString() {
    String place = line > 0 ? file + ":" + line + ":" + column : file;
    return place + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
