package io.fleetserve.loadbalancer.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.TransportKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
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

  /// A close behind a last word, as that of TLS before it gives up: a peer that keeps its own end
  /// open learns of it all the same, although reading would go on.
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void closeWhileReadingAndWritingEndsTheConnectionAtAPeerThatStays(TransportKind kind)
      throws Exception {
    try (Transport transport = Transport.of(kind, 1);
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      connect(
          transport,
          server,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              var _ = ctx.writeAndFlush(message);
              Channels.close(ctx.channel());
            }
          });
      try (Socket peer = server.accept()) {
        peer.setSoTimeout(20_000);

        peer.getOutputStream().write('x');

        assertThat(peer.getInputStream().readAllBytes()).isEqualTo(new byte[] {'x'});
      }
    }
  }

  /// A connection to `to`, whose backlog has room.
  static Channel connect(Transport transport, ServerSocket to) {
    return connect(transport, to, new ChannelInboundHandlerAdapter());
  }

  private static Channel connect(Transport transport, ServerSocket to, ChannelHandler handler) {
    return new Bootstrap()
        .group(transport.group())
        .channel(transport.clientType())
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .handler(handler)
        .connect(to.getLocalSocketAddress())
        .syncUninterruptibly()
        .channel();
  }
}
