package io.fleetserve.loadbalancer.frontend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Counts connections in the moment in which they are accepted, on the event loop of their port, so
/// that accepting stops at the limit and not some hundred connections later. Confined to that loop.
final class Gate extends ChannelInboundHandlerAdapter {
  private final Connections connections;

  Gate(Connections connections) {
    this.connections = connections;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel accepted = (Channel) message;
    boolean admitted = connections.accepted(accepted);
    if (connections.isPaused()) {
      ctx.channel().config().setAutoRead(false);
    }
    if (admitted) {
      ctx.fireChannelRead(accepted);
    } else {
      accepted.unsafe().closeForcibly();
    }
  }
}
