package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;

/// Writes what one channel receives to another one, no faster than that takes it, and ends with it.
/// Both belong to the same event loop. Reading pauses while more than the other channel's high
/// water mark, 64 KiB, is not sent yet.
final class Splice extends ChannelInboundHandlerAdapter {
  private final Channel to;

  Splice(Channel to) {
    this.to = to;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channels.write(to, (ByteBuf) message);
    if (!to.isWritable()) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    to.flush();
  }

  /// What was written here has gone out: the other side may send again.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      to.config().setAutoRead(true);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Channels.afterWrites(to, () -> Channels.close(to));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      Channels.close(ctx.channel());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Its end, which comes with it, is all that the other side has to know.
    Channels.close(ctx.channel());
  }
}
