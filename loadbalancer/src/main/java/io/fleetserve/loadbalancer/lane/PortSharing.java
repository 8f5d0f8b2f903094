package io.fleetserve.loadbalancer.lane;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// One port in two processes for a moment, so that a successor takes new connections before its
/// predecessor stops to.
///
/// ```
///   predecessor: port is its own          (bound without SO_REUSEPORT: nobody else can open it)
///   predecessor: allow                    (sets SO_REUSEPORT on the open port)
///   successor:   opens it, takeAll        (a filter gives every new connection to the newest socket)
///   predecessor: accepts what was under way, closes
/// ```
///
/// Without the filter the kernel spreads connections over both sockets, and resets those that wait
/// in the queue of the one that is closed; with it that queue is empty by then. The filter is a
/// classic BPF program of one instruction, "return 1": the index among the sockets of the port, in
/// the order in which they were opened (`SO_ATTACH_REUSEPORT_CBPF` in socket(7), Linux 4.5). When
/// only one is left the index is invalid, and the kernel takes that one.
///
/// A port stays open to sharing once it was shared, for processes of the same user that ask for it.
/// Thread-safe: stateless.
public final class PortSharing {
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_REUSEPORT_CBPF = 51;
  private static final int SOCK_FPROG_BYTES = 16;
  private static final RawUnixChannelOption FILTER =
      new RawUnixChannelOption(
          "SO_ATTACH_REUSEPORT_CBPF", SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, SOCK_FPROG_BYTES);
  // struct sock_filter: code BPF_RET | BPF_K, jt, jf, k = 1
  private static final ByteBuffer RETURN_ONE =
      ByteBuffer.allocateDirect(8)
          .order(ByteOrder.nativeOrder())
          .putShort(0, (short) 0x06)
          .putInt(4, 1);

  private PortSharing() {}

  /// Whether ports of this type can be shared.
  public static boolean isPossible(Class<? extends ServerChannel> type) {
    return UnixChannel.class.isAssignableFrom(type);
  }

  /// The option with which a port is opened that another process has, and allows.
  public static ChannelOption<Boolean> option() {
    return UnixChannelOption.SO_REUSEPORT;
  }

  /// Lets another process of the same user open the port, too; false where that is impossible.
  public static boolean allow(Channel port) {
    return port instanceof UnixChannel
        && port.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
  }

  /// Gives every new connection to the port's newest socket; false where that is impossible.
  public static boolean takeAll(Channel port) {
    if (!(port instanceof UnixChannel)) {
      return false;
    }
    ByteBuffer program = ByteBuffer.allocate(SOCK_FPROG_BYTES).order(ByteOrder.nativeOrder());
    program.putShort(0, (short) 1).putLong(8, MemorySegment.ofBuffer(RETURN_ONE).address());
    try {
      return port.config().setOption(FILTER, program);
    } catch (RuntimeException refused) {
      // A kernel without it: connections are spread until the predecessor closes.
      return false;
    }
  }
}
