package io.fleetserve.benchmarks.load.client;

import io.fleetserve.benchmarks.load.wire.Order;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Keeps a number of connections to one port open: opens them (at most 128 at a time), replaces
/// those that are lost, resets all at the end. Confined to one event loop.
///
/// Linger is 0: a reset leaves no port in TIME_WAIT, so runs in a row do not use up the port range.
@SuppressWarnings("FutureReturnValueIgnored") // outcomes arrive in listeners
final class Connector {
  private static final int OPENING_AT_ONCE = 128;
  private static final long RETRY_MILLIS = 10;

  private final EventLoop loop;
  private final int wanted;
  private final Tally tally;
  private final Bootstrap bootstrap;
  private final Set<Channel> channels = new HashSet<>();
  private int opening;
  private boolean open;
  private boolean lossIsExpected;
  private String lastError = "none";

  Connector(EventLoop loop, Order order, Traffic traffic, Tally tally, LongSupplier clock) {
    this.loop = loop;
    this.wanted = order.connections();
    this.tally = tally;
    SslContext tls = order.tls() ? ClientTls.context() : null;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), order.port()))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_LINGER, 0)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 16, 1 << 18))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel.pipeline().addLast(new Connection(channel, traffic, tally, clock));
                  }
                });
  }

  /// @param lossIsExpected refused and lost connections are no errors
  void open(boolean lossIsExpected) {
    this.lossIsExpected = lossIsExpected;
    open = true;
    fill();
  }

  boolean isOpen() {
    return open;
  }

  int ready() {
    return channels.size();
  }

  String lastError() {
    return lastError;
  }

  void close() {
    open = false;
    Set.copyOf(channels).forEach(Channel::close);
  }

  private void fill() {
    while (open && opening < OPENING_AT_ONCE && channels.size() + opening < wanted) {
      opening++;
      bootstrap.connect().addListener((ChannelFuture future) -> connected(future));
    }
  }

  private void connected(ChannelFuture future) {
    opening--;
    if (!future.isSuccess()) {
      lastError = String.valueOf(future.cause());
      lost();
      return;
    }
    Channel channel = future.channel();
    channels.add(channel);
    channel
        .closeFuture()
        .addListener(closed -> {
          channels.remove(channel);
          if (open) {
            lastError = "closed by the other end";
            lost();
          }
        });
    if (open) {
      fill();
    } else {
      channel.close();
    }
  }

  private void lost() {
    if (!lossIsExpected) {
      tally.failed();
    }
    loop.schedule(this::fill, RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }
}
