package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.api.log.LogKeys;
import io.fleetserve.api.pki.CertificateName;
import io.fleetserve.api.wire.TunnelRule;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.PortSharing;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port that agents dial: for the controller, to which they are passed on, and for tunnels. Of
/// those, whoever has no certificate of the installation's authority, speaks another protocol or is
/// not wanted is closed at once. Thread-safe: changes hold the lock of this object and may wait for
/// the kernel, so they never run on an event loop.
public final class TunnelPort {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelPort.class);
  private static final int BACKLOG = 4096;
  private static final long HANDSHAKE_MILLIS = 10_000;
  private static final long UNDER_WAY_MILLIS = 1_500;

  private final TunnelRule rule;
  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> type;
  private final Tunnels tunnels;
  private final ControllerPassage passage;
  private final TunnelTls tls;
  private @Nullable Channel open;
  private @Nullable String error;
  private boolean stopped;
  private boolean sharing;

  public TunnelPort(
      TunnelRule rule,
      EventLoopGroup group,
      Class<? extends ServerChannel> type,
      Tunnels tunnels,
      ControllerPassage passage) {
    this.rule = rule;
    this.group = group;
    this.type = type;
    this.tunnels = tunnels;
    this.passage = passage;
    this.tls = new TunnelTls(rule);
  }

  /// Opens the port if it is not open, and reads certificates that changed. To be called each
  /// second: what cannot be done now is tried again.
  public synchronized void look() {
    if (stopped) {
      return;
    }
    String wrong = tls.refresh();
    if (open == null && tls.context() != null) {
      ChannelFuture bound = bind().awaitUninterruptibly();
      if (bound.isSuccess()) {
        open = bound.channel();
        if (sharing) {
          PortSharing.takeAll(bound.channel());
        }
      } else {
        wrong = "port cannot be opened: " + bound.cause().getMessage();
      }
    }
    if (wrong != null && !wrong.equals(error)) {
      LOG.atWarn()
          .addKeyValue(LogKeys.PORT, rule.port())
          .addKeyValue(LogKeys.REASON, wrong)
          .log("Agents cannot dial");
    }
    error = wrong;
  }

  /// The port; 0 while it is not open.
  public synchronized int port() {
    Channel channel = open;
    return channel != null && channel.localAddress() instanceof InetSocketAddress inet
        ? inet.getPort()
        : 0;
  }

  /// Lets a successor open the same port.
  public synchronized boolean allowSharing() {
    Channel channel = open;
    return channel == null || PortSharing.allow(channel);
  }

  /// From now on the port is opened although another process has it, which allows it, and takes all
  /// of its new connections.
  public synchronized void share() {
    sharing = true;
  }

  /// Another process takes the new connections from now on: agents dial it.
  public synchronized void leave() {
    stopped = true;
    Channel channel = open;
    open = null;
    if (channel != null) {
      tunnels.leave();
      var _ =
          channel
              .eventLoop()
              .schedule(() -> Channels.close(channel), UNDER_WAY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /// Closes the port; tunnels stay.
  public synchronized void stop() {
    stopped = true;
    Channel channel = open;
    open = null;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
  }

  private ChannelFuture bind() {
    ServerBootstrap server = new ServerBootstrap();
    if (sharing) {
      server.option(PortSharing.option(), true);
    }
    return server
        .group(group)
        .channel(type)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new FirstMessage(passage, TunnelPort.this::admit, HANDSHAKE_MILLIS));
              }
            })
        .bind(new InetSocketAddress(rule.bindHost(), rule.port()));
  }

  /// Begins a handshake that may end in a tunnel.
  private void admit(Channel channel) {
    SslContext context = tls.context();
    if (context == null) {
      Channels.close(channel);
      return;
    }
    SslHandler handler = context.newHandler(channel.alloc());
    handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
    channel.pipeline().addLast(handler, new Entry(handler));
  }

  /// Waits for the end of the handshake, then begins the session of an agent that is wanted.
  private final class Entry extends ChannelInboundHandlerAdapter {
    private final SslHandler tls;

    Entry(SslHandler tls) {
      this.tls = tls;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess() && TunnelRule.PROTOCOL.equals(tls.applicationProtocol())) {
          begin(ctx.channel());
        } else {
          Channels.close(ctx.channel());
        }
      }
    }

    private void begin(Channel channel) {
      X509Certificate certificate = certificate();
      Optional<CertificateName> name =
          certificate == null ? Optional.empty() : CertificateName.of(certificate);
      long leftMillis =
          certificate == null
              ? 0
              : certificate.getNotAfter().toInstant().toEpochMilli() - System.currentTimeMillis();
      if (leftMillis <= 0 || name.filter(tunnels::admits).isEmpty()) {
        LOG.atDebug().addKeyValue("name", name).log("Refused a tunnel");
        Channels.close(channel);
        return;
      }
      channel
          .pipeline()
          .addLast(
              new TunnelSession(
                  channel.eventLoop(),
                  System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leftMillis),
                  new Registration(name.get())))
          .remove(this);
    }

    private @Nullable X509Certificate certificate() {
      try {
        return tls.engine().getSession().getPeerCertificates()[0]
                instanceof X509Certificate certificate
            ? certificate
            : null;
      } catch (SSLPeerUnverifiedException none) {
        return null;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // No TLS, or a certificate that is not ours.
      Channels.close(ctx.channel());
    }
  }

  /// Puts a session among the tunnels when it can be used, and takes it out.
  private final class Registration implements TunnelSession.Listener {
    private final CertificateName name;

    Registration(CertificateName name) {
      this.name = name;
    }

    @Override
    public void onReady(TunnelSession session) {
      tunnels.opened(name, session);
    }

    @Override
    public void onClosed(TunnelSession session) {
      tunnels.closed(name, session);
    }
  }
}
