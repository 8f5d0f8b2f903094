package io.fleetserve.benchmarks.load.subject;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A proxy that can be started on this machine.
public sealed interface Subject
    permits FleetserveSubject, HaproxySubject, NginxSubject, TunnelSubject {
  /// Lower case, as in the results.
  String name();

  /// Version as the program tells it; empty when it is not installed.
  String version() throws IOException, InterruptedException;

  /// Starts it and returns at once: it may not listen yet.
  ///
  /// @param folder of its files; made when missing, kept for a second start
  Running start(Path folder, ProxySettings settings) throws IOException;

  /// Of a name; those that are compared with others when `names` is empty.
  static List<Subject> of(Path root, List<String> names, String jvmFlags) {
    FleetserveSubject own = new FleetserveSubject(root, jvmFlags);
    List<Subject> compared = List.of(own, new NginxSubject(), new HaproxySubject());
    List<Subject> all =
        Stream.concat(compared.stream(), Stream.of(new TunnelSubject(own))).toList();
    for (String name : names) {
      if (all.stream().noneMatch(subject -> subject.name().equals(name))) {
        throw new IllegalArgumentException(
            "subject: " + name + " (expected: fleetserve, nginx, haproxy or tunnel)");
      }
    }
    return names.isEmpty()
        ? compared
        : all.stream().filter(subject -> names.contains(subject.name())).toList();
  }
}
