package io.fleetserve.loadbalancer.http;

import io.fleetserve.api.net.Network;
import java.net.InetAddress;
import java.util.List;

/// Whose word about clients is believed, and in which form replicas are told. Immutable.
///
/// @param trusted proxies in front of this one; what others say of a client is not forwarded
/// @param legacy whether replicas get `X-Forwarded-For`, `-Proto` and `-Host`
/// @param standard whether replicas get `Forwarded` (RFC 7239)
public record Forwarding(List<Network> trusted, boolean legacy, boolean standard) {
  /// Nobody is trusted; `X-Forwarded-*`.
  public static final Forwarding DEFAULT = new Forwarding(List.of(), true, false);

  public Forwarding {
    trusted = List.copyOf(trusted);
  }

  boolean trusts(byte[] address) {
    for (Network network : trusted) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /// The other side of a connection.
  ///
  /// @param tls version; empty without
  public Peer peer(InetAddress address, String tls) {
    return new Peer(
        this,
        Octets.ascii(address.getHostAddress()),
        !trusted.isEmpty() && trusts(address.getAddress()),
        tls);
  }
}
