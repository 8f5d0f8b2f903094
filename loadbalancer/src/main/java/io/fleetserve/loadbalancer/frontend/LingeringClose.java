package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Lane;
import io.fleetserve.loadbalancer.lane.Timed;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Closes a connection so that the last words are not lost to a reset: ends our direction and
/// throws away what still comes, until the other side ends its own or the time is over. Confined to
/// its lane.
final class LingeringClose extends ChannelDuplexHandler implements Timed {
  private final Lane lane;
  private final long patience;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ChannelPromise asked;
  private long since;

  LingeringClose(Lane lane, Duration patience) {
    this.lane = lane;
    this.patience = patience.toNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!ctx.channel().isActive()) {
      var _ = ctx.close(promise);
      return;
    }
    if (asked != null) {
      var _ = ctx.channel().closeFuture().addListener(_ -> promise.trySuccess());
      return;
    }
    asked = promise;
    since = lane.coarseNow();
    lane.add(this);
    ctx.flush();
    Channels.shutdownOutput(ctx.channel());
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (asked == null) {
      ctx.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lane.remove(this);
    ChannelPromise promise = asked;
    if (promise != null) {
      promise.trySuccess();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void onTick(long now) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && now - since > patience) {
      Channels.close(ctx);
    }
  }
}
