package io.fleetserve.loadbalancer.tls;

import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Ends a connection whose first byte is not that of a handshake (RFC 8446 section 5.1), before TLS
/// answers with an alert: with io_uring, a socket that is closed behind an alert in the same turn
/// stays open until the other side ends it. Confined to the channel's event loop.
public final class PlainTextEnd extends ChannelInboundHandlerAdapter {
  private static final int HANDSHAKE = 22;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (bytes.getUnsignedByte(bytes.readerIndex()) == HANDSHAKE) {
      ctx.fireChannelRead(bytes);
      ctx.pipeline().remove(this);
    } else {
      bytes.release();
      Channels.close(ctx.channel());
    }
  }
}
