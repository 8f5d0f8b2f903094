package io.fleetserve.loadbalancer.lane;

import static io.fleetserve.api.wire.TransportKind.EPOLL;
import static io.fleetserve.api.wire.TransportKind.IO_URING;
import static io.fleetserve.api.wire.TransportKind.NIO;

import io.fleetserve.api.wire.TransportKind;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Event loops and the channel types that go with them.
///
/// @param kind what is in use; never [TransportKind#AUTO]
public record Transport(
    TransportKind kind,
    EventLoopGroup group,
    Class<? extends ServerChannel> serverType,
    Class<? extends SocketChannel> clientType)
    implements AutoCloseable {
  static {
    // A poll that stays armed tells of changes only. Data and a reset that come together are one
    // change, of which Netty 4.2.18 reads the data alone: the reset would never be seen. Must be
    // set before its classes are loaded.
    System.setProperty("io.netty.iouring.pollAddMultishotEnabled", "false");
  }

  private static final String MULTISHOT = "io.netty.iouring.acceptMultiShotEnabled";

  static {
    // One request to the kernel accepts any number of connections, and so goes on when accepting
    // has paused at a limit: hundreds of descriptors too many were seen.
    if (System.getProperty(MULTISHOT) == null) {
      System.setProperty(MULTISHOT, "false");
    }
  }

  /// The kind that was asked for; where it is not to be had, the next that works: io_uring, epoll,
  /// NIO.
  ///
  /// @param loops number of event loops, >= 1
  public static Transport of(TransportKind kind, int loops) {
    return switch (kind) {
      case AUTO, IO_URING -> IoUring.isAvailable() ? ioUring(loops) : of(EPOLL, loops);
      case EPOLL -> Epoll.isAvailable() ? epoll(loops) : nio(loops);
      case NIO -> nio(loops);
    };
  }

  private static Transport ioUring(int loops) {
    return new Transport(
        IO_URING,
        group(loops, IoUringIoHandler.newFactory()),
        IoUringServerSocketChannel.class,
        IoUringSocketChannel.class);
  }

  private static Transport epoll(int loops) {
    return new Transport(
        EPOLL,
        group(loops, EpollIoHandler.newFactory()),
        EpollServerSocketChannel.class,
        EpollSocketChannel.class);
  }

  private static Transport nio(int loops) {
    return new Transport(
        NIO,
        group(loops, NioIoHandler.newFactory()),
        NioServerSocketChannel.class,
        NioSocketChannel.class);
  }

  private static EventLoopGroup group(int loops, IoHandlerFactory handlers) {
    return new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("lane"), handlers) {
      @Override
      protected IoEventLoop newChild(
          Executor executor, IoHandlerFactory handlers, Object... unused) {
        return new OrderlyLoop(this, executor, handlers);
      }
    };
  }

  /// Closes its channels in any case before it ends. Netty 4.2.18 leaves that out where the wish to
  /// end comes after it has looked for one: what they read last would never be released.
  private static final class OrderlyLoop extends SingleThreadIoEventLoop {
    OrderlyLoop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
      super(group, executor, handlers);
    }

    @Override
    protected void run() {
      super.run();
      if (isShuttingDown()) {
        ioHandler().prepareToDestroy();
      }
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
