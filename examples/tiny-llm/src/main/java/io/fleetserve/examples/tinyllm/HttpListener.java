package io.fleetserve.examples.tinyllm;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The listening socket and its one event loop. Thread-safe.
final class HttpListener implements AutoCloseable {
  private static final int MAX_BODY_BYTES = 1 << 20;

  private final MultiThreadIoEventLoopGroup loop;
  private final Channel channel;

  private HttpListener(MultiThreadIoEventLoopGroup loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /// Binds, and serves each connection with a handler of its own.
  ///
  /// @throws IOException when the address cannot be had, a port in use for one
  static HttpListener bind(String host, int port, Supplier<ApiHandler> handlers)
      throws IOException {
    var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    connection
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(MAX_BODY_BYTES),
                            handlers.get());
                  }
                })
            .bind(host, port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Future<?> ignored = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(host + ":" + port + ": " + bound.cause().getMessage(), bound.cause());
    }
    return new HttpListener(loop, bound.channel());
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /// Takes no new connection; those that are there go on.
  void stopAccepting() {
    channel.close().syncUninterruptibly();
  }

  /// Ends the listener and every connection, after what is being written.
  @Override
  public void close() {
    stopAccepting();
    loop.shutdownGracefully(0, Duration.ofSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
        .syncUninterruptibly();
  }
}
