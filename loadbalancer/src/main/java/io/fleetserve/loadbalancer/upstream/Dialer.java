package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.tunnel.Tunnels;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.NoRouteToHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Connects to replicas at their address, or through the tunnels of their agents. Confined to its
/// lane.
///
/// Where both may be used, the address is tried first and the tunnel beside it when the address has
/// failed or is slow, as RFC 8305 does it for addresses; the first that connects is taken. A
/// replica that was reached through its tunnel is reached so from then on, while its address is
/// tried again now and then on the side.
final class Dialer {
  private static final long HEAD_START_MILLIS = 250;
  private static final long LOOK_AGAIN_NANOS = 30_000_000_000L;

  private final Lane lane;
  private final Bootstrap bootstrap;
  private final Tunnels tunnels;
  private final Map<Replica, Long> lookedAt = new HashMap<>();

  Dialer(Lane lane, Bootstrap bootstrap, Tunnels tunnels) {
    this.lane = lane;
    this.bootstrap = bootstrap;
    this.tunnels = tunnels;
  }

  /// Connects; one of both is called, on the lane, maybe at once.
  void dial(Replica replica, Consumer<Channel> open, Consumer<@Nullable Throwable> failed) {
    switch (replica.network()) {
      case DIRECT -> direct(replica, open, failed);
      case TUNNEL -> tunnelled(replica, open, failed);
      case AUTO -> {
        if (!hasTunnel(replica)) {
          direct(replica, open, failed);
        } else if (replica.way() == NetworkMode.TUNNEL) {
          lookAgain(replica);
          tunnelled(replica, open, failed);
        } else {
          new Race(replica, open, failed).start();
        }
      }
    }
  }

  private void direct(
      Replica replica, Consumer<Channel> open, Consumer<@Nullable Throwable> failed) {
    tell(bootstrap.connect(replica.address()), noting(replica, NetworkMode.DIRECT, open), failed);
  }

  private void tunnelled(
      Replica replica, Consumer<Channel> open, Consumer<@Nullable Throwable> failed) {
    tell(throughTunnel(replica), noting(replica, NetworkMode.TUNNEL, open), failed);
  }

  private static Consumer<Channel> noting(
      Replica replica, NetworkMode way, Consumer<Channel> open) {
    return channel -> {
      replica.reachedBy(way);
      open.accept(channel);
    };
  }

  private static void tell(
      ChannelFuture connecting, Consumer<Channel> open, Consumer<@Nullable Throwable> failed) {
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        open.accept(connecting.channel());
      } else {
        failed.accept(done.cause());
      }
    });
  }

  private ChannelFuture throughTunnel(Replica replica) {
    String attempt = replica.attemptId();
    return tunnels.connect(attempt == null ? "" : attempt, lane.loop(), Unconnected.INSTANCE);
  }

  private boolean hasTunnel(Replica replica) {
    String attempt = replica.attemptId();
    return attempt != null && tunnels.has(attempt);
  }

  private void lookAgain(Replica replica) {
    long now = lane.coarseNow();
    Long last = lookedAt.putIfAbsent(replica, now);
    if (last == null || now - last < LOOK_AGAIN_NANOS) {
      return;
    }
    lookedAt.put(replica, now);
    tell(
        bootstrap.connect(replica.address()),
        noting(replica, NetworkMode.DIRECT, Channels::close),
        _ -> {});
  }

  void onTick() {
    lookedAt
        .keySet()
        .removeIf(replica -> replica.isRemoved() || replica.way() != NetworkMode.TUNNEL);
  }

  /// Both ways at once.
  private final class Race {
    private final Replica replica;
    private final Consumer<Channel> open;
    private final Consumer<@Nullable Throwable> failed;
    private boolean over;
    private boolean second;
    private int running = 1;

    Race(Replica replica, Consumer<Channel> open, Consumer<@Nullable Throwable> failed) {
      this.replica = replica;
      this.open = open;
      this.failed = failed;
    }

    void start() {
      tell(
          bootstrap.connect(replica.address()),
          channel -> won(channel, NetworkMode.DIRECT),
          cause -> {
            running--;
            startSecond();
            lost(cause);
          });
      if (!over) {
        var _ = lane.loop().schedule(this::startSecond, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void startSecond() {
      if (over || second || !hasTunnel(replica)) {
        return;
      }
      second = true;
      running++;
      tell(
          throughTunnel(replica),
          channel -> won(channel, NetworkMode.TUNNEL),
          cause -> {
            running--;
            lost(cause);
          });
    }

    private void won(Channel channel, NetworkMode way) {
      if (over) {
        Channels.close(channel);
        return;
      }
      over = true;
      replica.reachedBy(way);
      open.accept(channel);
    }

    private void lost(@Nullable Throwable cause) {
      if (!over && running == 0) {
        over = true;
        failed.accept(cause == null ? new NoRouteToHostException() : cause);
      }
    }
  }
}
