package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.ProxyHeader;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Timed;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The beginning of a connection from a proxy that announces its client: waits for the header of
/// the PROXY protocol, then gives way to what the client speaks. A connection without one is closed
/// unanswered. Confined to its lane; owns the bytes that it has read.
final class ProxyEntry extends ChannelInboundHandlerAdapter implements Timed {
  private final LaneServices parts;
  private final BooleanSupplier next;
  private final long openedAt;
  private @Nullable Channel channel;
  private @Nullable ByteBuf in;

  /// @param next adds the handlers of the client's protocol; false when it may not go on
  ProxyEntry(LaneServices parts, BooleanSupplier next) {
    this.parts = parts;
    this.next = next;
    openedAt = parts.lane().coarseNow();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    parts.lane().add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    parts.lane().remove(this);
    ByteBuf left = in;
    in = null;
    if (left != null) {
      left.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = Buffers.join(in, (ByteBuf) message, ctx.alloc());
    in = data;
    ProxyHeader header;
    try {
      header = ProxyHeader.read(data);
    } catch (MalformedMessage noHeader) {
      parts.connections().refused();
      Channels.close(ctx.channel());
      return;
    }
    if (header != null) {
      in = null;
      goOn(ctx, header, data);
    }
  }

  private void goOn(ChannelHandlerContext ctx, ProxyHeader header, ByteBuf rest) {
    if (header.client() != null) {
      ClientAddress.announce(ctx.channel(), header.client());
    }
    if (!next.getAsBoolean()) {
      rest.release();
      Channels.close(ctx.channel());
      return;
    }
    if (rest.isReadable()) {
      ctx.fireChannelRead(rest);
    } else {
      rest.release();
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      Channels.close(ctx.channel());
    }
  }

  @Override
  public void onTick(long now) {
    Channel waiting = channel;
    if (waiting != null && now - openedAt > parts.settings().times().head().toNanos()) {
      Channels.close(waiting);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset.
    Channels.close(ctx.channel());
  }
}
