package io.fleetserve.api.spec;

import java.util.Map;

/// Short ways to read a service file in tests.
final class Specs {
  static final String BASE = "/base";

  private Specs() {}

  static ServiceSpec read(String yaml) {
    return read(yaml, Map.of(), Map.of());
  }

  static ServiceSpec read(String yaml, Map<String, String> envs, Map<String, String> secrets) {
    return SpecReader.read(new SpecSource("s.yaml", yaml, BASE, envs, secrets));
  }

  /// The `service:` section of a file with these lines in it.
  static ServiceSection service(String lines) {
    return read("service:\n" + lines.indent(2) + "run: x\n").service();
  }

  /// The candidates of a file with these lines under `resources:`.
  static ServiceSpec resources(String lines) {
    return read("resources:\n" + lines.indent(2) + "run: x\n");
  }
}
