package io.fleetserve.loadbalancer.tunnel;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Passes connections of agents on to the controller, so that agents need one outbound address. The
/// bytes are theirs: TLS ends at the agent and at the controller, and nothing here can read it or
/// answer in its place. Thread-safe.
///
/// What it may cost is bounded: so many connections at once, about 128 KiB of buffers each (64 KiB
/// a direction and what was read last), and an end after a minute without a byte. Agents and
/// controller send one at least every five seconds.
public final class ControllerPassage {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int SILENCE_SECONDS = 60;

  private final Class<? extends Channel> type;
  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private volatile @Nullable SocketAddress controller;

  /// @param type of channels to the controller
  /// @param limit connections at once, of two descriptors each; an agent keeps one, and opens
  ///   others for a moment
  public ControllerPassage(Class<? extends Channel> type, int limit) {
    this.type = type;
    this.limit = limit;
  }

  /// Where the controller lets agents in from now on; null while it is not known.
  public void leadTo(@Nullable InetSocketAddress address) {
    controller = address;
  }

  /// Connections that are passed on now.
  public int count() {
    return open.get();
  }

  /// Connections that were not passed on: too many, or the controller was away.
  public long refused() {
    return refused.sum();
  }

  /// Connects an agent's channel with the controller, on the same event loop: what the controller
  /// sends goes to the agent from then on, the other direction begins with [#begin].
  ///
  /// @return the channel to the controller
  Future<Channel> connect(Channel agent) {
    Promise<Channel> connected = agent.eventLoop().newPromise();
    SocketAddress address = controller;
    if (open.incrementAndGet() > limit || address == null) {
      open.decrementAndGet();
      refused.increment();
      return connected.setFailure(new IOException("no way to the controller"));
    }
    agent.closeFuture().addListener(_ -> open.decrementAndGet());
    new Bootstrap()
        .group(agent.eventLoop())
        .channel(type)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                begin(channel, agent);
              }
            })
        .connect(address)
        .addListener((ChannelFuture done) -> {
          if (done.isSuccess()) {
            connected.setSuccess(done.channel());
          } else {
            refused.increment();
            connected.setFailure(done.cause());
          }
        });
    return connected;
  }

  /// Passes on what comes from one channel to the other.
  void begin(Channel from, Channel to) {
    from.pipeline()
        .addLast(new IdleStateHandler(0, 0, SILENCE_SECONDS, TimeUnit.SECONDS), new Splice(to));
  }
}
