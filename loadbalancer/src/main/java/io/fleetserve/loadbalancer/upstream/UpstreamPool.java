package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.ReadSizes;
import io.fleetserve.loadbalancer.lane.Timed;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.tunnel.Tunnels;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Idle connections of one lane, by replica, most recently used first. Confined to its lane: no
/// lock, and a request never changes threads.
public final class UpstreamPool implements Timed {
  private static final int MAX_IDLE = 256;

  private final Lane lane;
  private final Dialer dialer;
  private final Handshake handshake;
  private final SessionPool sessions;
  private final long idleNanos;
  private final long freshNanos;
  private final Map<Replica, ArrayDeque<UpstreamConnection>> idle = new HashMap<>();

  /// @param tunnels of agents
  public UpstreamPool(
      Lane lane, Class<? extends Channel> channelType, ProxySettings settings, Tunnels tunnels) {
    this.lane = lane;
    this.idleNanos = settings.times().upstreamIdle().toNanos();
    this.freshNanos = settings.times().fresh().toNanos();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(lane.loop())
            .channel(channelType)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new ReadSizes())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.times().connect().toMillis())
            .handler(Unconnected.INSTANCE);
    dialer = new Dialer(lane, bootstrap, tunnels);
    handshake = new Handshake(dialer, settings.times().connect());
    sessions = new SessionPool(lane, handshake, settings);
  }

  /// The idle connection to the replica that was in use last, or a stream of one; null when there
  /// is none.
  ///
  /// @param tunnel the request will need a connection of its own, whatever the replica speaks
  /// @param repeatable the request may be sent again. If not, only a connection counts that was in
  ///   use a moment ago and whose other end is known to be open: the kernel is asked, because the
  ///   end of a connection may lie there unread
  public @Nullable Upstream take(Replica replica, boolean repeatable, boolean tunnel) {
    assert lane.isConfined();
    if (replica.isHttp2() && !tunnel) {
      return sessions.take(replica, repeatable);
    }
    ArrayDeque<UpstreamConnection> connections = idle.get(replica);
    while (connections != null) {
      UpstreamConnection connection = connections.peekFirst();
      if (connection == null || (!repeatable && !isFresh(connection))) {
        return null;
      }
      connections.removeFirst();
      if (connection.isIdleAndOpen()) {
        if (repeatable || connection.isOpenAtPeer()) {
          return connection;
        }
        connection.abort();
      }
    }
    return null;
  }

  private boolean isFresh(UpstreamConnection connection) {
    return lane.coarseNow() - connection.idleSince() < freshNanos;
  }

  /// Keeps a connection for the next request, or closes it.
  public void give(Upstream used) {
    assert lane.isConfined();
    if (used instanceof UpstreamStream stream) {
      stream.release();
      return;
    }
    if (!(used instanceof UpstreamConnection connection)) {
      throw new IllegalArgumentException("unknown upstream");
    }
    Replica replica = connection.replica();
    if (!connection.isIdleAndOpen() || replica.isRemoved() || replica.isDraining()) {
      connection.abort();
      return;
    }
    ArrayDeque<UpstreamConnection> connections =
        idle.computeIfAbsent(replica, key -> new ArrayDeque<>());
    if (connections.size() >= MAX_IDLE) {
      connection.abort();
      return;
    }
    connection.reading(true);
    connection.idle(lane.coarseNow());
    connections.addFirst(connection);
  }

  void remove(UpstreamConnection connection) {
    ArrayDeque<UpstreamConnection> connections = idle.get(connection.replica());
    if (connections != null) {
      connections.remove(connection);
    }
  }

  /// Connects to the replica; the listener is told on this lane.
  ///
  /// @param tunnel see [#take]
  public void connect(Replica replica, boolean tunnel, ConnectListener listener) {
    assert lane.isConfined();
    if (replica.isHttp2() && !tunnel) {
      sessions.connect(replica, listener);
      return;
    }
    handshake.begin(
        replica,
        false,
        channel -> {
          UpstreamConnection connection = new UpstreamConnection(lane, replica, this, channel);
          channel.pipeline().replace(Unconnected.INSTANCE, null, connection);
          listener.onConnected(connection);
        },
        listener::onConnectFailure);
  }

  static UpstreamFailure failure(@Nullable Throwable cause) {
    if (cause instanceof ConnectTimeoutException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException
        || cause instanceof UnresolvedAddressException) {
      return UpstreamFailure.UNREACHABLE;
    }
    return cause instanceof ConnectException ? UpstreamFailure.REFUSED : UpstreamFailure.LOCAL;
  }

  @Override
  public void onTick(long now) {
    sessions.onTick(now);
    dialer.onTick();
    idle.entrySet()
        .removeIf(entry -> {
          Replica replica = entry.getKey();
          boolean all = replica.isRemoved() || replica.isDraining();
          closeOld(entry.getValue(), all, now);
          return entry.getValue().isEmpty();
        });
  }

  private void closeOld(ArrayDeque<UpstreamConnection> connections, boolean all, long now) {
    UpstreamConnection oldest = connections.peekLast();
    while (oldest != null && (all || now - oldest.idleSince() > idleNanos)) {
      connections.removeLast();
      oldest.abort();
      oldest = connections.peekLast();
    }
  }
}
