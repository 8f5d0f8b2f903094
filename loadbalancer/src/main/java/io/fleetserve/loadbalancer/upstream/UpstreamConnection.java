package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.http.BodyReader;
import io.fleetserve.loadbalancer.http.HeadScanner;
import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection to a replica, confined to its lane: idle in the pool, or with one request at a
/// time.
///
///     IDLE --begin--> HEAD --final head--> BODY --complete--> IDLE (or closed)
///                       +--101--> TUNNEL
///
/// Owns the bytes that were read and not yet given to the user. Anything that arrives while idle,
/// or behind a complete answer, ends the connection: it must not become the answer to a later
/// request.
public final class UpstreamConnection extends ChannelInboundHandlerAdapter implements Upstream {
  private static final byte[] ZERO = {'0'};

  private enum Phase {
    IDLE,
    HEAD,
    BODY,
    TUNNEL
  }

  private final Lane lane;
  private final Replica replica;
  private final UpstreamPool pool;
  private final Channel channel;
  private final HeadScanner scanner = HeadScanner.ofResponses();
  private final BodyReader body = new BodyReader(502);
  private Phase phase = Phase.IDLE;
  private @Nullable UpstreamUser user;
  private @Nullable ByteBuf in;
  private boolean received;
  private boolean reusable;
  private boolean reset;
  private boolean endTold;
  private int requests;
  private long idleSince;

  UpstreamConnection(Lane lane, Replica replica, UpstreamPool pool, Channel channel) {
    this.lane = lane;
    this.replica = replica;
    this.pool = pool;
    this.channel = channel;
  }

  @Override
  public Replica replica() {
    return replica;
  }

  @Override
  public boolean isReused() {
    return requests > 1;
  }

  boolean isIdleAndOpen() {
    return phase == Phase.IDLE && channel.isActive();
  }

  /// Whether the other side had not ended the connection until now.
  boolean isOpenAtPeer() {
    return Channels.isOpenAtPeer(channel);
  }

  long idleSince() {
    return idleSince;
  }

  void idle(long now) {
    idleSince = now;
  }

  @Override
  public void begin(UpstreamUser next, ByteBuf head) {
    assert lane.isConfined() && phase == Phase.IDLE;
    user = next;
    phase = Phase.HEAD;
    received = false;
    reusable = false;
    requests++;
    scanner.reset();
    write(head);
  }

  @Override
  public void write(ByteBuf part) {
    Channels.write(channel, part);
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void reading(boolean on) {
    channel.config().setAutoRead(on);
  }

  @Override
  public boolean isReading() {
    return channel.config().isAutoRead();
  }

  @Override
  public byte @Nullable [] takeFiller() {
    return phase == Phase.BODY && body.isBetweenChunks() ? ZERO : null;
  }

  @Override
  public void shutdownOutput() {
    Channels.shutdownOutput(channel);
  }

  @Override
  public void abort() {
    assert lane.isConfined();
    user = null;
    dropInput();
    Channels.close(channel);
  }

  private void dropInput() {
    ByteBuf dropped = in;
    in = null;
    if (dropped != null) {
      dropped.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    UpstreamUser current = user;
    if (current == null) {
      data.release();
      Channels.close(channel);
      return;
    }
    if (phase == Phase.TUNNEL) {
      current.onTunnelData(data);
      return;
    }
    received = true;
    in = Buffers.join(in, data, ctx.alloc());
    try {
      consume(ctx);
    } catch (MalformedMessage e) {
      fail(UpstreamFailure.MALFORMED);
    }
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer, not the same bytes
  private void consume(ChannelHandlerContext ctx) {
    while (true) {
      UpstreamUser current = user;
      ByteBuf data = in;
      if (current == null || data == null) {
        return;
      }
      if (!data.isReadable()) {
        dropInput();
        return;
      }
      switch (phase) {
        case HEAD -> {
          int length = scanner.scan(data);
          if (length < 0) {
            return;
          }
          data.readBytes(lane.scratch(), 0, length);
          head(current, length);
        }
        case BODY -> {
          ByteBuf piece = body.take(data, ctx.alloc());
          if (piece == data) {
            in = null;
          }
          if (piece != null) {
            current.onBody(piece);
          }
          if (user != null && body.isComplete()) {
            HeaderFields trailers = body.trailers();
            if (trailers != null) {
              current.onTrailers(trailers);
            }
            complete(current);
          }
        }
        case TUNNEL -> {
          in = null;
          current.onTunnelData(data);
        }
        case IDLE -> throw new IllegalStateException("idle");
      }
    }
  }

  private void head(UpstreamUser current, int length) {
    ResponseHead head = lane.responseHead();
    head.parse(lane.scratch(), length);
    if (head.status() == 101) {
      if (!current.onSwitch(head)) {
        throw new MalformedMessage(502, "upgrade that nobody asked for");
      }
      phase = Phase.TUNNEL;
      return;
    }
    if (head.isInterim()) {
      current.onInterim(head);
      return;
    }
    phase = Phase.BODY;
    if (head.isBodiless(current.isHead())) {
      body.none();
    } else if (head.isChunked()) {
      body.chunked(current.wantsContentOnly());
    } else if (head.contentLength() >= 0) {
      body.length(head.contentLength());
    } else {
      body.untilClose();
    }
    reusable = head.keepAlive() && !head.isEventStream() && !body.endsWithConnection();
    current.onHead(head, body.endsWithConnection());
    if (user != null && body.isComplete()) {
      complete(current);
    }
  }

  private void complete(UpstreamUser current) {
    ByteBuf rest = in;
    boolean clean = rest == null || !rest.isReadable();
    dropInput();
    user = null;
    phase = Phase.IDLE;
    current.onEnd(this, reusable && clean);
  }

  private void fail(UpstreamFailure failure) {
    UpstreamUser current = user;
    user = null;
    dropInput();
    Channels.close(channel);
    if (current != null) {
      current.onFailure(failure);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    UpstreamUser current = user;
    if (current != null) {
      current.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    UpstreamUser current = user;
    if (current != null) {
      current.onWritabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    UpstreamUser current = user;
    if (current == null) {
      pool.remove(this);
    } else if (phase == Phase.BODY && body.endsWithConnection() && !reset && isEndMeant()) {
      reusable = false;
      complete(current);
    } else {
      fail(received ? UpstreamFailure.BROKEN : UpstreamFailure.CLOSED);
    }
  }

  /// Over TLS anybody between could end the connection, but not say so (RFC 8446 section 6.1).
  private boolean isEndMeant() {
    return replica.trust() == null || endTold;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent end) {
      endTold = end.isSuccess();
      Channels.close(channel);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset: whatever ends now ends early. The details are of no use to anybody.
    reset = true;
    Channels.close(channel);
  }
}
