package io.fleetserve.api.spec;

/// Which certificate a client of a TLS port has to show.
public enum ClientAuth {
  NONE,
  /// Checked if it is shown.
  REQUEST,
  REQUIRE
}
