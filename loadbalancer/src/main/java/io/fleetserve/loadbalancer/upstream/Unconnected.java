package io.fleetserve.loadbalancer.upstream;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Holds the place of an [UpstreamConnection] until its channel is connected. Thread-safe:
/// stateless.
///
/// Epoll may report a socket readable while it is still being connected; reading it then fails with
/// an exception that means nothing. Whether there is a connection says the outcome of the attempt.
@Sharable
final class Unconnected extends ChannelInboundHandlerAdapter {
  static final Unconnected INSTANCE = new Unconnected();

  private Unconnected() {}

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable ignored) {
    // See above.
  }
}
