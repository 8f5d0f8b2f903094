package io.fleetserve.loadbalancer.lane;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.ssl.SslHandler;

/// Channel operations whose outcome nobody waits for: what goes wrong closes the channel, and that
/// is where it is dealt with. Thread-safe: stateless.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Channels {
  private static final int TCP_ESTABLISHED = 1;
  private static final int TCP_CLOSE = 7;
  private static final int UNKNOWN = 0;

  private Channels() {}

  /// Writes without a promise of its own; takes the ownership of `data`. A failure is passed to the
  /// channel's `exceptionCaught`.
  public static void write(Channel channel, ByteBuf data) {
    channel.write(data, channel.voidPromise());
  }

  /// Ends a connection. Not for one whose handlers wait for the last words of the other side.
  public static void close(Channel channel) {
    endInput(channel);
    channel.close();
  }

  /// The same, without asking the handlers behind this one.
  public static void close(ChannelHandlerContext ctx) {
    endInput(ctx.channel());
    ctx.close();
  }

  /// With io_uring, a read that begins while a last write is under way, as that of TLS which gives
  /// up, would keep the socket open, unseen, until the other side ends it. Where the input has
  /// ended, none waits.
  private static void endInput(Channel channel) {
    if (channel instanceof IoUringSocketChannel ring && ring.isActive()) {
      ring.shutdownInput();
    }
  }

  /// Whether the other side had not ended the connection until now, as far as the kernel knows: the
  /// end may have arrived without having been read. One system call. True where it cannot be asked
  /// and the end was not read.
  public static boolean isOpenAtPeer(Channel channel) {
    int state = tcpState(channel);
    return channel.isActive() && (state == TCP_ESTABLISHED || state == UNKNOWN);
  }

  /// Whether the other side answered what was written by a reset, as far as the kernel knows. On a
  /// channel whose input has ended that is not seen by reading. One system call. False where the
  /// kernel cannot be asked: then a write fails later.
  public static boolean isReset(Channel channel) {
    return tcpState(channel) == TCP_CLOSE;
  }

  private static int tcpState(Channel channel) {
    if (!channel.isActive()) {
      return UNKNOWN;
    }
    return switch (channel) {
      case EpollSocketChannel epoll -> epoll.tcpInfo().state();
      case IoUringSocketChannel ring -> ring.tcpInfo().state();
      default -> UNKNOWN;
    };
  }

  /// Calls `then` on the event loop when the kernel has taken all that was written until now, or
  /// never will. At once if it has, where writing is synchronous.
  public static void afterWrites(Channel channel, Runnable then) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> then.run());
  }

  /// Ends our direction behind what was written.
  public static void shutdownOutput(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      // Without it, the client could not tell the end from a cut.
      tls.closeOutbound();
    }
    afterWrites(
        channel,
        () -> {
          if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
          } else {
            channel.close();
          }
        });
  }
}
