package io.fleetserve.loadbalancer.frontend;

import static io.netty.handler.codec.http2.Http2Error.SETTINGS_TIMEOUT;

import io.fleetserve.loadbalancer.http.Peer;
import io.fleetserve.loadbalancer.http2.ActiveStreams;
import io.fleetserve.loadbalancer.http2.Codec;
import io.fleetserve.loadbalancer.http2.FrameGuard;
import io.fleetserve.loadbalancer.http2.RequestText;
import io.fleetserve.loadbalancer.lane.Timed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection of a client, confined to its lane: a [ClientStream] for each request.
///
///     PREFACE --SETTINGS--> OPEN --error--> GOAWAY, streams cancelled --> closed
///                             \--stop, idle--> GOAWAY, streams end ------> closed
///
/// Frames, windows and field compression are Netty's; [FrameGuard] sits below it and counts what a
/// client makes us do. The client may send as much as each stream's window allows; the window is
/// given back as the replica takes the bytes, so the socket is always read.
final class Http2Client extends Http2ConnectionHandler implements Timed {
  private static final int MAX_STREAMS = 100;
  private static final int STREAM_WINDOW = 64 << 10;
  private static final int CONNECTION_WINDOW = 1 << 20;
  private static final int FIRST_WINDOW = 65_535;

  /// In which a request may be on its way from a client that was told to send no more.
  private static final long UNDER_WAY = 500_000_000;

  private final LaneServices parts;
  private final Channel channel;
  private final ServiceLookup services;
  private final Peer peer;
  private final FrameGuard guard;
  private final RequestText text;
  private final Http2Connection.PropertyKey key;
  private final List<ClientStream> unflushed = new ArrayList<>();
  private final long openedAt;
  private @Nullable ChannelHandlerContext context;
  private boolean settingsKnown;
  private boolean reading;
  private boolean broken;
  private boolean leaving;
  private long leavingSince;
  private long idleSince;
  private long stalledSince;

  private Http2Client(
      LaneServices parts,
      Channel channel,
      ServiceLookup services,
      Peer peer,
      Codec<FrameGuard> codec) {
    super(codec.decoder(), codec.encoder(), settings(parts.lane().headLimits().bytes()));
    this.parts = parts;
    this.channel = channel;
    this.services = services;
    this.peer = peer;
    this.guard = codec.reader();
    text = new RequestText(parts.lane().scratch());
    key = connection().newKey();
    openedAt = parts.lane().coarseNow();
    idleSince = openedAt;
    gracefulShutdownTimeoutMillis(-1);
    decoder().frameListener(new ClientFrames(this));
    encoder().flowController().listener(this::writabilityChanged);
    connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                closed(stream);
              }
            });
  }

  private static Http2Settings settings(int maxFields) {
    return new Http2Settings()
        .maxConcurrentStreams(MAX_STREAMS)
        .initialWindowSize(STREAM_WINDOW)
        .maxHeaderListSize(maxFields)
        .connectProtocolEnabled(true);
  }

  /// @param services what the connection's requests are for
  static Http2Client of(LaneServices parts, Channel channel, ServiceLookup services, Peer peer) {
    int maxFields = parts.lane().headLimits().bytes();
    Codec<FrameGuard> codec = Codec.ofServer(MAX_STREAMS, maxFields, parts.lane()::coarseNow);
    return new Http2Client(parts, channel, services, peer, codec);
  }

  LaneServices parts() {
    return parts;
  }

  ServiceLookup services() {
    return services;
  }

  Peer peer() {
    return peer;
  }

  RequestText text() {
    return text;
  }

  FrameGuard guard() {
    return guard;
  }

  ByteBufAllocator allocator() {
    return channel.alloc();
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  boolean isWritable(Http2Stream stream) {
    return encoder().flowController().isWritable(stream);
  }

  /// Writes fields of an answer.
  ///
  /// @param last they end it
  ChannelFuture writeFields(Http2Stream stream, Http2Headers fields, boolean last) {
    ChannelHandlerContext ctx = context();
    return encoder().writeHeaders(ctx, stream.id(), fields, 0, last, ctx.newPromise());
  }

  /// Writes a piece of an answer; owned from here on.
  ChannelFuture writeData(Http2Stream stream, ByteBuf data, boolean last) {
    ChannelHandlerContext ctx = context();
    guard.sent(data.readableBytes());
    return encoder().writeData(ctx, stream.id(), data, 0, last, ctx.newPromise());
  }

  void reset(Http2Stream stream, Http2Error error) {
    ChannelHandlerContext ctx = context();
    var _ = resetStream(ctx, stream.id(), error.code(), ctx.newPromise());
    flush();
  }

  /// Sends what was written, at the latest when everything that arrived has been looked at.
  void flush() {
    if (!reading) {
      flush(context());
    }
  }

  /// Gives the client room for more of a body.
  void consumed(Http2Stream stream, int bytes) {
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flush();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /// Bytes for a replica were written but not sent.
  void toFlush(ClientStream stream) {
    unflushed.add(stream);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    // The streams' own ends are in their frames: the end of the connection is the end of all.
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    super.handlerAdded(ctx);
    Http2Stream all = connection().connectionStream();
    decoder().flowController().incrementWindowSize(all, CONNECTION_WINDOW - FIRST_WINDOW);
    parts.lane().add(this);
    flush(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reading = true;
    super.channelRead(ctx, message);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (broken) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    unflushed.forEach(ClientStream::flushBody);
    unflushed.clear();
    reading = false;
    super.channelReadComplete(ctx);
  }

  @Nullable ClientStream streamOf(Http2Stream stream) {
    return stream.getProperty(key);
  }

  /// A new stream's fields came.
  ///
  /// @param last nothing follows them
  void begin(Http2Stream stream, Http2Headers fields, boolean last) throws Http2Exception {
    ClientStream begun = new ClientStream(this, stream);
    stream.setProperty(key, begun);
    begun.begin(fields, last);
  }

  void settingsAcknowledged() {
    settingsKnown = true;
  }

  private void writabilityChanged(Http2Stream stream) {
    ClientStream changed = streamOf(stream);
    if (changed != null) {
      changed.writabilityChanged();
    }
  }

  private void closed(Http2Stream stream) {
    ClientStream gone = stream.removeProperty(key);
    if (gone != null) {
      gone.closed();
    }
    idleSince = parts.lane().coarseNow();
  }

  /// Says that the connection ends, and lets streams end. What the client sent before it knew is
  /// still served (RFC 9113 section 6.8): the last stream is not named.
  void stop() {
    if (leaving || !decoder().prefaceReceived()) {
      return;
    }
    leaving = true;
    leavingSince = parts.lane().coarseNow();
    ChannelHandlerContext ctx = context();
    var _ =
        goAway(
            ctx,
            Integer.MAX_VALUE,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            ctx.newPromise());
    flush(ctx);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    super.onStreamError(ctx, outbound, cause, error);
    if (!outbound) {
      try {
        guard.reset();
      } catch (Http2Exception e) {
        onError(ctx, false, e);
      }
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (broken) {
      return;
    }
    broken = true;
    super.onConnectionError(ctx, outbound, cause, error);
    forEachStream(ClientStream::closed);
  }

  private void forEachStream(Consumer<ClientStream> action) {
    ActiveStreams.forEach(connection(), this::streamOf, action);
  }

  @Override
  public void onTick(long now) {
    long headNanos = parts.settings().times().head().toNanos();
    if (!decoder().prefaceReceived()) {
      if (now - openedAt > headNanos) {
        linger();
      }
      return;
    }
    if (parts.connections().isStopping()) {
      stop();
    }
    if (!settingsKnown && now - openedAt > headNanos) {
      onError(
          context(), false, Http2Exception.connectionError(SETTINGS_TIMEOUT, "settings unknown"));
      return;
    }
    if (channel.isWritable()) {
      stalledSince = now;
    } else if (now - stalledSince > parts.settings().times().stall().toNanos()) {
      var _ = context().close();
      return;
    }
    forEachStream(each -> each.onTick(now));
    if (connection().numActiveStreams() > 0) {
      idleSince = now;
    } else if (leaving && now - leavingSince > UNDER_WAY) {
      linger();
    } else if (now - idleSince > parts.settings().times().idle().toNanos()) {
      linger();
    }
  }

  /// Closes by way of [LingeringClose].
  private void linger() {
    var _ = channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    parts.lane().remove(this);
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      // A reset, or a failed write: the client is gone. A bug shows as a test that fails.
      var _ = ctx.close();
    }
  }
}
