package io.fleetserve.loadbalancer.http;

import io.fleetserve.api.net.Network;
import java.util.Optional;

/// The other side of a client connection: the client itself, or a proxy that speaks for it. Made
/// once per connection; immutable.
///
/// @param text address, ASCII
/// @param trusted what it says of the client is believed
/// @param tls version; empty without
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record Peer(Forwarding forwarding, byte[] text, boolean trusted, String tls) {
  /// Whether the connection is encrypted.
  boolean secure() {
    return !tls.isEmpty();
  }

  private static final byte[] UNKNOWN = Octets.ascii("unknown");

  /// One whose address cannot be known any more.
  public static Peer unknown(Forwarding rule, String tls) {
    return new Peer(rule, UNKNOWN, false, tls);
  }

  /// Address of the client whose request was parsed last, ASCII: the peer's own, or behind trusted
  /// proxies the last address in `X-Forwarded-For` that is none of theirs.
  public byte[] client(RequestHead head) {
    return trusted ? behind(head.fields()) : text;
  }

  private byte[] behind(HeaderFields fields) {
    byte[] client = text;
    for (int field = fields.count() - 1; field >= 0; field--) {
      if (!ForwardedFields.isFor(fields, field)) {
        continue;
      }
      String[] hops = fields.value(field).split(",", -1);
      for (int i = hops.length - 1; i >= 0; i--) {
        String hop = bare(hops[i].strip());
        Optional<byte[]> address = Network.address(hop);
        if (address.isEmpty()) {
          // Whoever wrote that is the last one known.
          return client;
        }
        client = Octets.ascii(hop);
        if (!forwarding.trusts(address.get())) {
          return client;
        }
      }
    }
    return client;
  }

  /// Without a port, and an IPv6 address without its brackets.
  private static String bare(String hop) {
    if (hop.startsWith("[")) {
      int end = hop.indexOf(']');
      return end < 0 ? hop : hop.substring(1, end);
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }
}
