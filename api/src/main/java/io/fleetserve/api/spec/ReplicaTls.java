package io.fleetserve.api.spec;

import org.jspecify.annotations.Nullable;

/// TLS towards replicas: `routing.tls`.
///
/// @param verify whether the certificate has to be valid; default true
/// @param caFile PEM of the authorities of that certificate, read by the load balancer, and again
///   when it changes; null means those of its machine
/// @param serverName the name that is asked for and that the certificate has to be for; null means
///   the replica's address
public record ReplicaTls(boolean verify, @Nullable String caFile, @Nullable String serverName) {
  public static final ReplicaTls DEFAULT = new ReplicaTls(true, null, null);
}
