package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.loadbalancer.endpoint.RoutingTable;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Open ports: one per service, and the shared one. Thread-safe: changes hold the lock of this
/// object and may wait for the kernel, so they never run on an event loop.
public final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final int BACKLOG = 4096;

  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> type;
  private final Function<Channel, LaneServices> partsOf;
  private final String bindHost;
  private final Connections connections;
  private final Map<String, Listener> open = new HashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private int sharedPort = -1;
  private @Nullable Channel shared;
  private volatile @Nullable String sharedError;
  private boolean stopped;

  private record Listener(int port, Channel channel) {}

  Listeners(
      EventLoopGroup group,
      Class<? extends ServerChannel> type,
      String bindHost,
      Connections connections,
      Function<Channel, LaneServices> partsOf) {
    this.group = group;
    this.type = type;
    this.bindHost = bindHost;
    this.connections = connections;
    this.partsOf = partsOf;
    connections.onChange(this::pause);
  }

  /// Opens the port that serves every service by Host. If it cannot be opened, each [#reconcile]
  /// tries again: the services' own ports do not depend on it.
  ///
  /// @param port 0: any free one
  public synchronized void openShared(int port) {
    sharedPort = port;
    openShared();
  }

  private void openShared() {
    if (sharedPort < 0 || shared != null) {
      return;
    }
    ChannelFuture bound = bind(sharedPort, null).awaitUninterruptibly();
    if (bound.isSuccess()) {
      shared = bound.channel();
      if (sharedError != null) {
        LOG.atInfo().addKeyValue(LogKeys.PORT, sharedPort).log("Shared port is open now");
      }
      sharedError = null;
      return;
    }
    if (sharedError == null) {
      LOG.atWarn()
          .addKeyValue(LogKeys.PORT, sharedPort)
          .addKeyValue(LogKeys.REASON, reason(bound.cause()))
          .log("Shared port cannot be opened, trying again each second");
    }
    sharedError = "shared port " + sharedPort + " cannot be opened: " + reason(bound.cause());
  }

  /// The shared port; 0 while it is not open.
  public synchronized int sharedPort() {
    Channel channel = shared;
    return channel == null ? 0 : portOf(channel);
  }

  /// Why the shared port is not open; null when it is, or is not wanted.
  public @Nullable String sharedError() {
    return sharedError;
  }

  /// Opens and closes ports until they are what the table says. What cannot be opened is noted at
  /// the service and tried again by the next call.
  public synchronized void reconcile(RoutingTable table) {
    if (stopped) {
      return;
    }
    Set<String> unwanted = new HashSet<>(open.keySet());
    for (Service service : table.byName().values()) {
      Listener listener = open.get(service.name());
      if (listener != null && listener.port == service.route().rule().listenPort()) {
        unwanted.remove(service.name());
      }
    }
    for (String name : unwanted) {
      Listener listener = open.remove(name);
      if (listener != null) {
        listener.channel.close().syncUninterruptibly();
      }
    }
    table.byName().values().forEach(this::open);
    openShared();
  }

  private void open(Service service) {
    int port = service.route().rule().listenPort();
    if (open.containsKey(service.name()) || port == 0) {
      return;
    }
    ChannelFuture bound = bind(port, service.name()).awaitUninterruptibly();
    if (bound.isSuccess()) {
      open.put(service.name(), new Listener(port, bound.channel()));
      service.listenError(null);
      return;
    }
    if (service.listenError() == null) {
      LOG.atWarn()
          .addKeyValue(LogKeys.SERVICE, service.name())
          .addKeyValue(LogKeys.PORT, port)
          .addKeyValue(LogKeys.REASON, String.valueOf(bound.cause()))
          .log("Port cannot be opened");
    }
    service.listenError("port " + port + " cannot be opened: " + reason(bound.cause()));
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "unknown" : String.valueOf(cause.getMessage());
  }

  private ChannelFuture bind(int port, @Nullable String serviceName) {
    return new ServerBootstrap()
        .group(group)
        .channel(type)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.AUTO_READ, !connections.isPaused())
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                clients.add(channel);
                channel
                    .pipeline()
                    .addLast(new ClientConnection(partsOf.apply(channel), channel, serviceName));
              }
            })
        .bind(new InetSocketAddress(bindHost, port));
  }

  private synchronized void pause() {
    boolean on = !connections.isPaused();
    open.values().forEach(listener -> listener.channel.config().setAutoRead(on));
    Channel channel = shared;
    if (channel != null) {
      channel.config().setAutoRead(on);
    }
  }

  /// Closes all ports; connections end behind their current answer.
  public synchronized void stop() {
    stopped = true;
    connections.stop();
    open.values().forEach(listener -> listener.channel.close().syncUninterruptibly());
    open.clear();
    Channel channel = shared;
    shared = null;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
    for (Channel client : clients) {
      client
          .eventLoop()
          .execute(() -> {
            ClientConnection connection = client.pipeline().get(ClientConnection.class);
            if (connection != null) {
              connection.stop();
            }
          });
    }
  }

  /// Port of a service's listener; 0 while it is not open.
  public synchronized int port(String service) {
    Listener listener = open.get(service);
    return listener == null ? 0 : portOf(listener.channel);
  }

  private static int portOf(Channel channel) {
    return channel.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  /// Client connections now.
  public int connections() {
    return connections.open();
  }

  /// Requests refused because their head was not understood, or did not come in time.
  public long refusals() {
    return connections.refusals();
  }

  /// How often accepting was paused at the connection limit.
  public long pauses() {
    return connections.pauses();
  }
}
