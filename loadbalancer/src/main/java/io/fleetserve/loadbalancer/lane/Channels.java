package io.fleetserve.loadbalancer.lane;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;

/// Channel operations whose outcome nobody waits for: what goes wrong closes the channel, and that
/// is where it is dealt with. Thread-safe: stateless.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Channels {
  private static final int TCP_ESTABLISHED = 1;

  private Channels() {}

  /// Writes without a promise of its own; takes the ownership of `data`. A failure is passed to the
  /// channel's `exceptionCaught`.
  public static void write(Channel channel, ByteBuf data) {
    channel.write(data, channel.voidPromise());
  }

  public static void close(Channel channel) {
    channel.close();
  }

  /// Whether the other side had not ended the connection until now, as far as the kernel knows: the
  /// end may have arrived without having been read. One system call. True where it cannot be asked
  /// and the end was not read.
  public static boolean isOpenAtPeer(Channel channel) {
    return channel.isActive()
        && !(channel instanceof EpollSocketChannel epoll
            && epoll.tcpInfo().state() != TCP_ESTABLISHED);
  }

  /// Ends our direction.
  public static void shutdownOutput(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    } else {
      channel.close();
    }
  }
}
