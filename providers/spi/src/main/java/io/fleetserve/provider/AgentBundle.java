package io.fleetserve.provider;

import java.nio.file.Path;

/// The replica agent with all it needs to run, for machines without Java: a `tar.gz` that unpacks
/// to `bin/fleetserve-agent`, `bin/fleetserve-host`, `lib/` and `runtime/`, without a folder around
/// them.
///
/// @param file on the controller's machine
/// @param sha256 of the file, 64 hexadecimal digits; whoever unpacks it checks it
/// @param architecture of the machines it runs on, as `uname -m` tells it: `x86_64`, `aarch64`
public record AgentBundle(Path file, String sha256, String architecture) {
  public AgentBundle {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("sha256: " + sha256 + " (expected: 64 hex digits)");
    }
  }
}
