package io.fleetserve.loadbalancer.warmup;

import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RetryRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends requests through a data plane of its own, on an event loop of its own: same code as the
/// real one, none of its state. All over loopback, for a bounded time; whatever goes wrong only
/// means that the real traffic does the warming.
///
/// Cold, a request costs 3 to 10 times the CPU that it costs after some 10,000 of them.
public final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String SERVICE = "warm-up";
  private static final int CONNECTIONS = 16;
  private static final int ENOUGH = 20_000;

  private WarmUp() {}

  /// Blocks until enough requests were answered, or `limit` is over.
  ///
  /// @param kind of transport that the process will use
  public static void run(TransportKind kind, Duration limit) throws InterruptedException {
    LOG.atInfo().addKeyValue("requests", run(kind, ENOUGH, limit)).log("Warmed up");
  }

  /// Returns how many requests were answered.
  static int run(TransportKind kind, int enough, Duration limit) throws InterruptedException {
    WarmRequests requests = new WarmRequests(enough);
    try (Transport transport = Transport.of(kind, 1)) {
      int replica = port(listen(transport));
      Routing routing = new Routing(1);
      routing.apply(new EndpointSnapshot(SERVICE, 1, true, List.of(route(replica))));
      DataPlane plane =
          new DataPlane(
              transport,
              routing,
              ProxySettings.defaults(2 * CONNECTIONS),
              loopback(),
              null,
              () -> {});
      plane.listeners().openShared(0, null);
      for (int i = 0; i < CONNECTIONS; i++) {
        connect(transport, plane.listeners().sharedPort(), requests);
      }
      requests.await(limit);
    }
    return requests.answered();
  }

  private static Channel listen(Transport transport) {
    return new ServerBootstrap()
        .group(transport.group())
        .channel(transport.serverType())
        .childHandler(each(WarmReplica::new))
        .bind(new InetSocketAddress(loopback(), 0))
        .awaitUninterruptibly()
        .channel();
  }

  private static void connect(Transport transport, int port, WarmRequests requests) {
    var connected =
        new Bootstrap()
            .group(transport.group())
            .channel(transport.clientType())
            .handler(each(() -> new WarmClient(requests)))
            .connect(new InetSocketAddress(loopback(), port));
    connected.addListener(_ -> {
      if (!connected.isSuccess()) {
        Channels.close(connected.channel());
      }
    });
  }

  private static ChannelInitializer<Channel> each(Supplier<ChannelHandler> handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handler.get());
      }
    };
  }

  private static int port(Channel server) {
    return server.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  private static String loopback() {
    return InetAddress.getLoopbackAddress().getHostAddress();
  }

  private static ServiceRoute route(int port) {
    return new ServiceRoute(
        SERVICE,
        1,
        0,
        List.of(SERVICE),
        "least_load",
        Map.of(),
        0,
        new HoldLimits(1000, CONNECTIONS, 1 << 20),
        new RetryRule(1, 0, true),
        OutlierRule.DEFAULT,
        RoutingRule.DEFAULT,
        ProtectionRule.DEFAULT,
        List.of(
            new ReplicaEndpoint(1, 1, 1, loopback(), port, null, false),
            new ReplicaEndpoint(2, 1, 1, loopback(), port, null, false)),
        null,
        2);
  }
}
