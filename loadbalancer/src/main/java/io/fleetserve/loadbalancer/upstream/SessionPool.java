package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// HTTP/2 connections of one lane, by replica. Confined to its lane.
///
/// Requests share a connection as long as the replica allows another stream; those that come while
/// one is being made wait for it together, so that a burst does not make a connection for each.
final class SessionPool {
  private final Lane lane;
  private final Handshake handshake;
  private final long connectNanos;
  private final long freshNanos;
  private final Map<Replica, Sessions> byReplica = new HashMap<>();

  /// Connections to one replica, and who waits for one.
  private static final class Sessions {
    private final List<ReplicaSession> open = new ArrayList<>();
    private final ArrayDeque<ConnectListener> waiting = new ArrayDeque<>();
    private @Nullable ReplicaSession coming;
    private boolean connecting;
    private long connectingSince;

    boolean isEmpty() {
      return open.isEmpty() && waiting.isEmpty() && !connecting;
    }
  }

  SessionPool(Lane lane, Handshake handshake, ProxySettings settings) {
    this.lane = lane;
    this.handshake = handshake;
    connectNanos = settings.times().connect().toNanos();
    freshNanos = settings.times().fresh().toNanos();
  }

  /// Room on a connection that is there; null if there is none.
  ///
  /// @param repeatable see [UpstreamPool#take]
  @Nullable Upstream take(Replica replica, boolean repeatable) {
    Sessions sessions = byReplica.get(replica);
    if (sessions == null) {
      return null;
    }
    for (ReplicaSession session : sessions.open) {
      if (session.hasRoom() && (repeatable || session.isOpenAtPeer(freshNanos))) {
        return session.open();
      }
    }
    return null;
  }

  /// Connects, or waits for a connection that is being made; the listener is told on this lane.
  void connect(Replica replica, ConnectListener listener) {
    Sessions sessions = byReplica.computeIfAbsent(replica, any -> new Sessions());
    sessions.waiting.add(listener);
    if (!sessions.connecting) {
      connect(replica, sessions);
    }
  }

  private void connect(Replica replica, Sessions sessions) {
    sessions.connecting = true;
    sessions.connectingSince = lane.coarseNow();
    handshake.begin(
        replica,
        true,
        channel -> begin(replica, sessions, channel),
        failure -> {
          sessions.connecting = false;
          refuse(sessions, failure);
        });
  }

  private void begin(Replica replica, Sessions sessions, Channel channel) {
    ReplicaSession session =
        ReplicaSession.of(
            lane,
            replica,
            channel,
            new ReplicaSession.Listener() {
              @Override
              public void onReady(ReplicaSession ready) {
                SessionPool.this.ready(replica, sessions, ready);
              }

              @Override
              public void onClosed(ReplicaSession closed) {
                sessions.open.remove(closed);
                if (closed.equals(sessions.coming)) {
                  // It does not speak HTTP/2.
                  sessions.coming = null;
                  sessions.connecting = false;
                  refuse(sessions, UpstreamFailure.UNREACHABLE);
                }
              }
            });
    sessions.coming = session;
    channel.pipeline().addLast(session);
  }

  private void ready(Replica replica, Sessions sessions, ReplicaSession session) {
    sessions.coming = null;
    sessions.connecting = false;
    sessions.open.add(session);
    if (!session.hasRoom()) {
      refuse(sessions, UpstreamFailure.UNREACHABLE);
      return;
    }
    // Who is told may ask for another connection: only those who wait now are looked at.
    for (int left = sessions.waiting.size(); left > 0 && session.hasRoom(); left--) {
      ConnectListener next = sessions.waiting.poll();
      if (next == null) {
        return;
      }
      next.onConnected(session.open());
    }
    if (!sessions.waiting.isEmpty() && !sessions.connecting) {
      connect(replica, sessions);
    }
  }

  private static void refuse(Sessions sessions, UpstreamFailure failure) {
    List<ConnectListener> all = List.copyOf(sessions.waiting);
    sessions.waiting.clear();
    all.forEach(listener -> listener.onConnectFailure(failure));
  }

  void onTick(long now) {
    for (Sessions sessions : List.copyOf(byReplica.values())) {
      ReplicaSession coming = sessions.coming;
      if (coming != null && now - sessions.connectingSince > connectNanos) {
        coming.close();
      }
      List.copyOf(sessions.open).forEach(session -> session.onTick(now));
    }
    byReplica.values().removeIf(Sessions::isEmpty);
  }
}
