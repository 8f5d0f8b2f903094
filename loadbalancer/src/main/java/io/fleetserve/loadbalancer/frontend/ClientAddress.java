package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.Peer;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where a client's connection comes from: its other end, or what a proxy in front of it announced
/// by the PROXY protocol. Thread-safe: stateless.
final class ClientAddress {
  private static final AttributeKey<InetAddress> ANNOUNCED = AttributeKey.valueOf("announced");

  private ClientAddress() {}

  static void announce(Channel channel, InetAddress client) {
    channel.attr(ANNOUNCED).set(client);
  }

  /// Null when it left already and cannot be known any more.
  static @Nullable InetAddress of(Channel channel) {
    InetAddress announced = channel.hasAttr(ANNOUNCED) ? channel.attr(ANNOUNCED).get() : null;
    if (announced != null) {
      return announced;
    }
    return channel.remoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
  }

  /// The other side as its requests are forwarded.
  static Peer peer(Channel channel, Forwarding rule, String tls) {
    InetAddress address = of(channel);
    return address == null ? Peer.unknown(rule, tls) : rule.peer(address, tls);
  }
}
