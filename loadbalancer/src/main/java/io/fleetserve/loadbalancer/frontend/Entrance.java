package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.net.Network;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.tls.PortTls;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where new connections come in: who may, and what is spoken with them first.
///
///     [PROXY header] --> [TLS handshake] --> HTTP/1.1, or HTTP/2 by ALPN or preface
///
/// Thread-safe: called on the lane of each connection.
final class Entrance {
  private final ProxySettings settings;
  private final Connections connections;
  private final Function<Channel, LaneServices> partsOf;

  /// @param partsOf the lane of a connection
  Entrance(
      ProxySettings settings, Connections connections, Function<Channel, LaneServices> partsOf) {
    this.settings = settings;
    this.connections = connections;
    this.partsOf = partsOf;
  }

  /// Whether a connection may stay. Of one that will be announced that is known later.
  boolean admits(Channel channel) {
    return isAnnounced(channel) || isWithinLimits(channel);
  }

  /// Adds the handlers of what comes first.
  ///
  /// @param serviceName whose port this is; null for the shared port
  void open(Channel channel, PortTls tls, @Nullable String serviceName) {
    if (isAnnounced(channel)) {
      channel
          .pipeline()
          .addLast(
              new ProxyEntry(partsOf.apply(channel), () -> announced(channel, tls, serviceName)));
    } else {
      speak(channel, tls, serviceName);
    }
  }

  private void speak(Channel channel, PortTls tls, @Nullable String serviceName) {
    LaneServices parts = partsOf.apply(channel);
    if (tls.isOn()) {
      TlsEntry.addTo(channel, parts, tls, serviceName);
    } else {
      channel.pipeline().addLast(new ClientConnection(parts, channel, serviceName));
    }
  }

  /// A proxy has said whose connection this is: goes on as for that client; false if it may not.
  private boolean announced(Channel channel, PortTls tls, @Nullable String serviceName) {
    if (!isWithinLimits(channel)) {
      return false;
    }
    speak(channel, tls, serviceName);
    ClientConnection connection = channel.pipeline().get(ClientConnection.class);
    if (connection != null) {
      connection.begin();
    }
    return true;
  }

  /// Whether a connection begins with the announcement of its client.
  private boolean isAnnounced(Channel channel) {
    List<Network> proxies = settings.proxyProtocol();
    InetAddress address = proxies.isEmpty() ? null : ClientAddress.of(channel);
    if (address == null) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return proxies.stream().anyMatch(proxy -> proxy.contains(bytes));
  }

  /// Proxies may speak for any number of clients.
  private boolean isWithinLimits(Channel channel) {
    InetAddress address = ClientAddress.of(channel);
    return address == null
        || settings.limits().connectionsPerClient() == 0
        || settings.forwarding().peer(address, "").trusted()
        || connections.admit(channel, address);
  }
}
