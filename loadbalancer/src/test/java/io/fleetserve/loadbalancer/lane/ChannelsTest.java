package io.fleetserve.loadbalancer.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.TransportKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// On every transport that this machine has.
final class ChannelsTest {
  private static final int LARGE = 32 << 20; // more than a kernel buffers

  /// The kernel takes it only as the other side reads: the end must not overtake it.
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void endOfOutputComesBehindEverythingWritten(TransportKind kind) throws IOException {
    try (Transport transport = Transport.of(kind, 1);
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel channel = connect(transport, server);
      try (Socket peer = server.accept()) {
        Channels.write(channel, channel.alloc().directBuffer(LARGE).writeZero(LARGE));
        Channels.shutdownOutput(channel);

        assertThat(peer.getInputStream().readAllBytes()).hasSize(LARGE);
      }
      channel.close().syncUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void endOfThePeerIsSeenByAskingTheKernelWhereItCanBeAsked(TransportKind kind) throws IOException {
    try (Transport transport = Transport.of(kind, 1);
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel channel = connect(transport, server);
      channel.config().setAutoRead(false);
      try (Socket peer = server.accept()) {
        assertThat(Channels.isOpenAtPeer(channel)).isTrue();
        assertThat(Channels.isReset(channel)).isFalse();
        peer.shutdownOutput();
        if (transport.kind() != TransportKind.NIO) {
          await().until(() -> !Channels.isOpenAtPeer(channel));
        }
      }
      channel.close().syncUninterruptibly();
    }
  }

  private static Channel connect(Transport transport, ServerSocket to) {
    return new Bootstrap()
        .group(transport.group())
        .channel(transport.clientType())
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(to.getLocalSocketAddress())
        .syncUninterruptibly()
        .channel();
  }
}
