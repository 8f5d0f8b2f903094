package io.fleetserve.api.spec;

import java.util.Locale;

/// What the load balancer speaks with replicas: names of `routing.protocol`.
public enum ReplicaProtocol {
  HTTP1,
  /// HTTP/2 over TLS, agreed by ALPN (RFC 9113 section 3.2).
  H2,
  /// HTTP/2 with prior knowledge, without TLS.
  H2C;

  /// The name as written in a service file.
  public String yamlName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
