package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.tls.PortTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The beginning of a TLS connection: waits for the end of the handshake, then gives way to the
/// handler of the protocol that was agreed (RFC 7301). Confined to its lane.
final class TlsEntry extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<String> SERVER_NAME = AttributeKey.valueOf("serverName");
  private static final int LARGEST_HELLO = 16 << 10;

  private final LaneServices parts;
  private final @Nullable String serviceName;

  private TlsEntry(LaneServices parts, @Nullable String serviceName) {
    this.parts = parts;
    this.serviceName = serviceName;
  }

  /// Adds what a connection of a TLS port begins with.
  static void addTo(
      Channel channel, LaneServices parts, PortTls tls, @Nullable String serviceName) {
    Duration patience = parts.settings().times().head();
    channel.pipeline().addLast(new Hello(tls, patience), new TlsEntry(parts, serviceName));
  }

  /// Version of the connection's encryption, for example `TLSv1.3`; empty without.
  static String version(Channel channel) {
    SslHandler ssl = channel.pipeline().get(SslHandler.class);
    return ssl == null ? "" : ssl.engine().getSession().getProtocol();
  }

  /// The name a TLS client asked for, lower case; null for none.
  static @Nullable String serverName(Channel channel) {
    return channel.hasAttr(SERVER_NAME) ? channel.attr(SERVER_NAME).get() : null;
  }

  /// Chooses the certificate by the name in the first message of the client.
  private static final class Hello extends SniHandler {
    private final long patienceMillis;

    Hello(PortTls tls, Duration patience) {
      super(tls::of, LARGEST_HELLO, patience.toMillis());
      this.patienceMillis = patience.toMillis();
    }

    @Override
    protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
      SslHandler handler = super.newSslHandler(context, allocator);
      handler.setHandshakeTimeoutMillis(patienceMillis);
      return handler;
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SniCompletionEvent name && name.hostname() != null) {
      ctx.channel().attr(SERVER_NAME).set(name.hostname());
    } else if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        goOn(ctx.channel());
      } else {
        Channels.close(ctx.channel());
      }
    }
  }

  private void goOn(Channel channel) {
    SslHandler ssl = channel.pipeline().get(SslHandler.class);
    ClientConnection next = new ClientConnection(parts, channel, serviceName);
    channel.pipeline().addLast(next).remove(this);
    if (ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
      next.speakHttp2();
    } else {
      next.begin();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // No TLS, or not ours.
    Channels.close(ctx.channel());
  }
}
