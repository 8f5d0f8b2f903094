package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Reads the first message of TLS for the name that is asked for (RFC 6066 section 3), without a
/// key and without answering: who asks for the controller is passed on to it, byte for byte from
/// the first on; everybody else is served here. Confined to the channel's event loop.
final class FirstMessage extends AbstractSniHandler<Channel> {
  private static final int LONGEST = 16 << 10;

  private final ControllerPassage passage;
  private final Local local;

  /// Adds the handlers of a connection that is served here.
  interface Local {
    void serve(Channel channel);
  }

  /// @param millis time in which the message has to come
  FirstMessage(ControllerPassage passage, Local local, long millis) {
    super(LONGEST, millis);
    this.passage = passage;
    this.local = local;
  }

  @Override
  protected Future<Channel> lookup(ChannelHandlerContext ctx, @Nullable String name) {
    return CertificateName.CONTROLLER_HOST.equals(name)
        ? passage.connect(ctx.channel())
        : ctx.executor().newSucceededFuture(ctx.channel());
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String name, Future<Channel> found) {
    Channel agent = ctx.channel();
    Channel to = found.getNow();
    if (to == null || !agent.isActive()) {
      // Else it would read the same message again.
      agent.pipeline().remove(this);
      Channels.close(agent);
      if (to != null) {
        Channels.close(to);
      }
      return;
    }
    if (to.equals(agent)) {
      local.serve(agent);
    } else {
      passage.begin(agent, to);
    }
    // What was read so far goes to who comes after.
    agent.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // No TLS, or nothing within the time.
    Channels.close(ctx.channel());
  }
}
