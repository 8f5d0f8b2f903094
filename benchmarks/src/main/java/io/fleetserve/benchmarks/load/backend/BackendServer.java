package io.fleetserve.benchmarks.load.backend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Opens listeners of the backend; all their connections share one event loop.
public final class BackendServer {
  private final ServerBootstrap bootstrap;

  public BackendServer(EventLoop loop) {
    EventPacer pacer = new EventPacer(loop);
    this.bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 16, 1 << 18))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new BackendHandler(pacer));
                  }
                });
  }

  /// Listens on a free port of an address of this machine and returns it.
  public int open(InetAddress host) throws InterruptedException {
    InetSocketAddress any = new InetSocketAddress(host, 0);
    return ((InetSocketAddress) bootstrap.bind(any).sync().channel().localAddress()).getPort();
  }
}
