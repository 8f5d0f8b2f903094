package io.fleetserve.api.wire;

/// Where a load balancer lets agents dial in, and by which certificates.
///
/// @param bindHost address to listen on
/// @param port 0: any free one
/// @param certFile PEM, its own certificate of the installation's authority; read again when it
///   changes
/// @param keyFile PEM
/// @param authorityFile PEM, whom agents' certificates have to come from
public record TunnelRule(
    String bindHost, int port, String certFile, String keyFile, String authorityFile) {
  /// Name in ALPN (RFC 7301).
  public static final String PROTOCOL = "fleetserve-tunnel/1";
}
