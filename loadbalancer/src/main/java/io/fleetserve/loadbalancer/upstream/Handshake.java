package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.tls.ReplicaTrust;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.function.Consumer;

/// Makes connections to replicas, with TLS where they speak it. Confined to its lane.
///
/// @param patience for the handshake
record Handshake(Dialer dialer, Duration patience) {
  /// Connects.
  ///
  /// @param http2 HTTP/2 has to be agreed on
  /// @param open gets the connection
  /// @param failed gets the reason; there is no connection then
  void begin(
      Replica replica, boolean http2, Consumer<Channel> open, Consumer<UpstreamFailure> failed) {
    dialer.dial(
        replica,
        channel -> {
          ReplicaTrust trust = replica.trust();
          if (trust == null) {
            open.accept(channel);
          } else {
            secure(channel, trust, replica, http2, open, failed);
          }
        },
        cause -> failed.accept(UpstreamPool.failure(cause)));
  }

  private void secure(
      Channel channel,
      ReplicaTrust trust,
      Replica replica,
      boolean http2,
      Consumer<Channel> open,
      Consumer<UpstreamFailure> failed) {
    SslHandler tls = trust.handler(channel.alloc(), replica.address(), http2);
    if (tls == null) {
      Channels.close(channel);
      failed.accept(UpstreamFailure.UNTRUSTED);
      return;
    }
    tls.setHandshakeTimeoutMillis(patience.toMillis());
    channel.pipeline().addFirst(tls);
    tls.handshakeFuture()
        .addListener(done -> {
          boolean agreed =
              !http2 || ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
          if (done.isSuccess() && agreed) {
            open.accept(channel);
          } else {
            Channels.close(channel);
            failed.accept(UpstreamFailure.UNTRUSTED);
          }
        });
  }
}
