package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.loadbalancer.endpoint.RoutingTable;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.PortSharing;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.tls.PortTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Open ports: one per service, and the shared one. Thread-safe: changes hold the lock of this
/// object and may wait for the kernel, so they never run on an event loop.
public final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final int BACKLOG = 4096;

  /// Bytes of the first read of a connection. io_uring holds that much for each idle one.
  private static final int FIRST_READ = 1024;

  private static final int MAX_READ = 64 << 10;
  // A handshake that began here ends here: one retransmission at most.
  private static final Duration UNDER_WAY = Duration.ofMillis(1500);

  private static final AttributeKey<PortLimit> LIMIT = AttributeKey.valueOf(PortLimit.class, "of");

  private final ProxySettings settings;
  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> type;
  private final Entrance entrance;
  private final String bindHost;
  private final Connections connections;
  private final Map<String, Listener> open = new HashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final PortTls sharedTls = new PortTls();
  private @Nullable TlsRule sharedTlsRule;
  private int sharedPort = -1;
  private @Nullable Channel shared;
  private volatile @Nullable String sharedError;
  private boolean stopped;
  private boolean sharing;

  private record Listener(int port, Channel channel, PortTls tls) {}

  Listeners(
      ProxySettings settings,
      EventLoopGroup group,
      Class<? extends ServerChannel> type,
      String bindHost,
      Connections connections,
      Function<Channel, LaneServices> partsOf) {
    this.settings = settings;
    this.group = group;
    this.type = type;
    this.bindHost = bindHost;
    this.connections = connections;
    entrance = new Entrance(settings, connections, partsOf);
    // Not on the event loop that reached the limit: who holds the lock may be waiting for it.
    connections.onChange(() -> GlobalEventExecutor.INSTANCE.execute(this::pause));
  }

  /// Opens the port that serves every service by Host. If it cannot be opened, each [#reconcile]
  /// tries again: the services' own ports do not depend on it.
  ///
  /// @param port 0: any free one
  /// @param tls null: plain HTTP
  public synchronized void openShared(int port, @Nullable TlsRule tls) {
    sharedPort = port;
    sharedTlsRule = tls;
    openShared();
  }

  private void openShared() {
    if (sharedPort < 0 || shared != null) {
      return;
    }
    String wrong = sharedTls.update(sharedTlsRule);
    if (sharedTlsRule != null && !sharedTls.isOn()) {
      sharedError = told(wrong, sharedError);
      return;
    }
    ChannelFuture bound = bind(sharedPort, null, sharedTls).awaitUninterruptibly();
    if (bound.isSuccess()) {
      shared = opened(bound.channel());
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
    table.byName().values().forEach(this::updateTls);
    table.byName().values().forEach(Service::refreshTrust);
    openShared();
    String wrong = sharedTls.update(sharedTlsRule);
    if (shared != null) {
      sharedError = told(wrong, sharedError);
    }
  }

  private void open(Service service) {
    int port = service.route().rule().listenPort();
    if (open.containsKey(service.name()) || port == 0) {
      return;
    }
    PortTls tls = new PortTls();
    TlsRule rule = service.route().rule().tls();
    String wrong = tls.update(rule);
    if (rule != null && !tls.isOn()) {
      service.listenError(told(wrong, service.listenError()));
      return;
    }
    ChannelFuture bound = bind(port, service.name(), tls).awaitUninterruptibly();
    if (bound.isSuccess()) {
      open.put(service.name(), new Listener(port, opened(bound.channel()), tls));
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

  /// New handshakes follow the rule of now; connections keep what they have.
  private void updateTls(Service service) {
    Listener listener = open.get(service.name());
    if (listener != null) {
      String wrong = listener.tls.update(service.route().rule().tls());
      service.listenError(told(wrong, service.listenError()));
    }
  }

  /// Logs what is wrong with certificates when it is news; returns it.
  private static @Nullable String told(@Nullable String wrong, @Nullable String before) {
    if (wrong != null && !wrong.equals(before)) {
      LOG.atWarn().addKeyValue(LogKeys.REASON, wrong).log("Certificate cannot be used");
    }
    return wrong;
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "unknown" : String.valueOf(cause.getMessage());
  }

  /// From now on ports are opened although another process has them, which allows it, and take all
  /// of its new connections; until [#own].
  public synchronized void share() {
    sharing = true;
  }

  /// Ends what [#share] began, for ports that are opened later.
  public synchronized void own() {
    sharing = false;
  }

  /// Lets another process open the same ports, and tells which; null where that is impossible.
  public synchronized @Nullable List<Integer> allowSharing() {
    if (stopped || !PortSharing.isPossible(type)) {
      return null;
    }
    List<Channel> channels = channels();
    return channels.stream().allMatch(PortSharing::allow)
        ? channels.stream().map(Listeners::portOf).toList()
        : null;
  }

  private List<Channel> channels() {
    List<Channel> channels = new ArrayList<>();
    open.values().forEach(listener -> channels.add(listener.channel));
    Channel own = shared;
    if (own != null) {
      channels.add(own);
    }
    return channels;
  }

  /// Numbers of the open ports.
  public synchronized Set<Integer> ports() {
    return channels().stream().map(Listeners::portOf).collect(Collectors.toSet());
  }

  private Channel opened(Channel port) {
    if (sharing && !PortSharing.takeAll(port)) {
      LOG.atWarn()
          .addKeyValue(LogKeys.PORT, portOf(port))
          .log("New connections are spread over two processes: this kernel cannot direct them");
    }
    return port;
  }

  private ChannelFuture bind(int port, @Nullable String serviceName, PortTls tls) {
    PortLimit limit = new PortLimit(connections, settings.limits().connectionsPerPort());
    ServerBootstrap server = new ServerBootstrap().attr(LIMIT, limit);
    if (sharing) {
      server.option(PortSharing.option(), true);
    }
    return server
        .group(group)
        .channel(type)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.AUTO_READ, !connections.isPaused())
        .handler(new Gate(connections))
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(512, FIRST_READ, MAX_READ))
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                if (entrance.admits(channel)) {
                  limit.count(channel);
                  clients.add(channel);
                  entrance.open(channel, tls, serviceName);
                } else {
                  Channels.close(channel);
                }
              }
            })
        .bind(new InetSocketAddress(bindHost, port));
  }

  private synchronized void pause() {
    channels().forEach(port -> port.config().setAutoRead(port.attr(LIMIT).get().mayAccept()));
  }

  /// Another process takes the new connections from now on: what was on its way here is still
  /// accepted, then the ports are closed. Connections end behind their next answer, or when they
  /// were idle for a while: a client that sends just now must not lose its request.
  public synchronized void leave() {
    stopped = true;
    connections.stop();
    List<Channel> closing = channels();
    open.clear();
    shared = null;
    var _ =
        GlobalEventExecutor.INSTANCE.schedule(
            () -> closing.forEach(Channels::close), UNDER_WAY.toMillis(), TimeUnit.MILLISECONDS);
    for (Channel client : clients) {
      client
          .eventLoop()
          .execute(() -> {
            Http2Client streams = client.pipeline().get(Http2Client.class);
            if (streams != null) {
              streams.stop();
            }
          });
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
            Http2Client streams = client.pipeline().get(Http2Client.class);
            if (connection != null) {
              connection.stop();
            } else if (streams != null) {
              streams.stop();
            } else {
              // In a handshake.
              Channels.close(client);
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

  /// Connections that were closed at once, because their address had too many.
  public long excess() {
    return connections.excess();
  }

  /// Client connections so far.
  public long connectionsOpened() {
    return connections.everOpened();
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
