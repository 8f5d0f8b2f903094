package io.fleetserve.loadbalancer.lane;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/// Event loops and the channel types that go with them.
public record Transport(
    EventLoopGroup group,
    Class<? extends ServerChannel> serverType,
    Class<? extends SocketChannel> clientType)
    implements AutoCloseable {

  /// Epoll where there is one.
  ///
  /// @param loops number of event loops, >= 1
  public static Transport best(int loops) {
    return Epoll.isAvailable() ? epoll(loops) : nio(loops);
  }

  private static Transport epoll(int loops) {
    return new Transport(
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("lane"), EpollIoHandler.newFactory()),
        EpollServerSocketChannel.class,
        EpollSocketChannel.class);
  }

  /// The portable way.
  public static Transport nio(int loops) {
    return new Transport(
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("lane"), NioIoHandler.newFactory()),
        NioServerSocketChannel.class,
        NioSocketChannel.class);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
