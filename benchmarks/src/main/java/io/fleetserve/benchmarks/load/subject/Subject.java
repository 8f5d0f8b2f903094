package io.fleetserve.benchmarks.load.subject;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A proxy that can be started on this machine.
public sealed interface Subject permits FleetserveSubject, HaproxySubject, NginxSubject {
  /// Lower case, as in the results.
  String name();

  /// Version as the program tells it; empty when it is not installed.
  String version() throws IOException, InterruptedException;

  /// Starts it and returns at once: it may not listen yet.
  ///
  /// @param folder of its files; made when missing, kept for a second start
  Running start(Path folder, ProxySettings settings) throws IOException;

  /// Of a name, or all when `names` is empty.
  static List<Subject> of(Path root, List<String> names, String jvmFlags) {
    List<Subject> all =
        List.of(new FleetserveSubject(root, jvmFlags), new NginxSubject(), new HaproxySubject());
    for (String name : names) {
      if (all.stream().noneMatch(subject -> subject.name().equals(name))) {
        throw new IllegalArgumentException(
            "subject: " + name + " (expected: fleetserve, nginx or haproxy)");
      }
    }
    return all.stream()
        .filter(subject -> names.isEmpty() || names.contains(subject.name()))
        .toList();
  }
}
