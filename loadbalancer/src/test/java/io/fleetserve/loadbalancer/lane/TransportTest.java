package io.fleetserve.loadbalancer.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.wire.TransportKind;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// On every transport that this machine has.
final class TransportTest {
  /// The wish to end may come between the look for it and the end of the loop.
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void closesItsChannelsWhenItEndsAmongItsTasks(TransportKind kind) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Transport transport = Transport.of(kind, 1);
      Channel channel = ChannelsTest.connect(transport, server);
      try (Socket peer = server.accept()) {
        peer.setSoTimeout(20_000);

        channel
            .eventLoop()
            .execute(() -> {
              var _ = transport.group().shutdownGracefully(0, 2, TimeUnit.SECONDS);
            });

        assertThat(transport.group().terminationFuture().awaitUninterruptibly(20_000)).isTrue();
        assertThat(channel.closeFuture().isDone()).isTrue();
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
      }
    }
  }
}
