package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.http.EncodedHead;
import io.fleetserve.loadbalancer.http2.ActiveStreams;
import io.fleetserve.loadbalancer.http2.Codec;
import io.fleetserve.loadbalancer.http2.ResponseText;
import io.fleetserve.loadbalancer.lane.Channels;
import io.fleetserve.loadbalancer.lane.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection to a replica, with prior knowledge (RFC 9113 section 3.3): an
/// [UpstreamStream] for each request. Confined to its lane.
///
///     SETTINGS expected --SETTINGS--> OPEN --GOAWAY, stream numbers used up--> ENDING --> closed
///
/// A replica that said nothing for 10 s while it has work is asked by PING, and given up 5 s later.
final class ReplicaSession extends Http2ConnectionHandler {
  private static final int STREAM_WINDOW = 64 << 10;

  /// Room for every stream's window, so that clients who take nothing do not stop the others.
  private static final int CONNECTION_WINDOW = 16 << 20;

  private static final int FIRST_WINDOW = 65_535;
  private static final int LAST_STREAM = Integer.MAX_VALUE - 2;
  private static final long PING_AFTER = 10_000_000_000L;
  private static final long GIVE_UP_AFTER = 15_000_000_000L;
  private static final long IDLE_TIME = 60_000_000_000L;

  private final Lane lane;
  private final Replica replica;
  private final Channel channel;
  private final Listener listener;
  private final Http2Connection.PropertyKey key;
  private final EncodedHead encodedHead = new EncodedHead();
  private final ResponseText text;
  private final Set<UpstreamStream> touched = new LinkedHashSet<>();
  private @Nullable ChannelHandlerContext context;
  private boolean settingsKnown;
  private boolean ending;
  private boolean reading;
  private boolean asked;
  private int requests;
  private long heardAt;
  private long usedAt;

  /// Hears what becomes of the connection.
  interface Listener {
    /// The replica speaks HTTP/2: streams can be opened.
    void onReady(ReplicaSession session);

    /// The connection is gone.
    void onClosed(ReplicaSession session);
  }

  private ReplicaSession(
      Lane lane, Replica replica, Channel channel, Listener listener, Codec<?> codec) {
    super(codec.decoder(), codec.encoder(), settings());
    this.lane = lane;
    this.replica = replica;
    this.channel = channel;
    this.listener = listener;
    this.key = connection().newKey();
    this.text = new ResponseText(lane.scratch());
    heardAt = lane.coarseNow();
    usedAt = heardAt;
    decoder().frameListener(new Frames());
    encoder()
        .flowController()
        .listener(stream -> {
          UpstreamStream changed = streamOf(stream);
          if (changed != null) {
            changed.writabilityChanged();
          }
        });
    connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                UpstreamStream gone = stream.removeProperty(key);
                if (gone != null) {
                  gone.closed();
                }
                usedAt = lane.coarseNow();
              }
            });
  }

  private static Http2Settings settings() {
    return new Http2Settings()
        .pushEnabled(false)
        .initialWindowSize(STREAM_WINDOW)
        .maxHeaderListSize(Codec.MAX_FIELDS);
  }

  static ReplicaSession of(Lane lane, Replica replica, Channel channel, Listener listener) {
    return new ReplicaSession(lane, replica, channel, listener, Codec.ofClient());
  }

  Replica replica() {
    return replica;
  }

  Lane lane() {
    return lane;
  }

  ByteBufAllocator allocator() {
    return channel.alloc();
  }

  EncodedHead encodedHead() {
    return encodedHead;
  }

  ResponseText text() {
    return text;
  }

  /// Whether a stream can be opened now.
  boolean hasRoom() {
    return settingsKnown && !ending && channel.isActive() && connection().local().canOpenStream();
  }

  /// Whether the other side had not ended the connection until now; asks the kernel unless it was
  /// in use within `freshNanos`.
  boolean isOpenAtPeer(long freshNanos) {
    return lane.coarseNow() - usedAt < freshNanos || Channels.isOpenAtPeer(channel);
  }

  /// Room for one request.
  UpstreamStream open() {
    requests++;
    usedAt = lane.coarseNow();
    return new UpstreamStream(this, requests > 1);
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  /// Opens a stream by its first fields; null if that is not possible any more.
  @Nullable Http2Stream writeHead(UpstreamStream by, Http2Headers fields, boolean last) {
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0 || id >= LAST_STREAM) {
      ending = true;
      return null;
    }
    ChannelHandlerContext ctx = context();
    var _ = encoder().writeHeaders(ctx, id, fields, 0, last, ctx.newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      stream.setProperty(key, by);
    }
    return stream;
  }

  void writeTrailers(Http2Stream stream, Http2Headers fields) {
    ChannelHandlerContext ctx = context();
    var _ = encoder().writeHeaders(ctx, stream.id(), fields, 0, true, ctx.newPromise());
  }

  /// Writes a piece of a body; owned from here on.
  void writeData(Http2Stream stream, ByteBuf data, boolean last) {
    ChannelHandlerContext ctx = context();
    var _ = encoder().writeData(ctx, stream.id(), data, 0, last, ctx.newPromise());
  }

  void reset(Http2Stream stream, Http2Error error) {
    ChannelHandlerContext ctx = context();
    var _ = resetStream(ctx, stream.id(), error.code(), ctx.newPromise());
    flush();
  }

  void flush() {
    if (!reading) {
      flush(context());
    }
  }

  /// Whether frames of the request wait for the replica's window.
  boolean hasUnsent(Http2Stream stream) {
    return encoder().flowController().hasFlowControlled(stream);
  }

  boolean isWritable(Http2Stream stream) {
    return encoder().flowController().isWritable(stream);
  }

  /// Gives the replica room for more of an answer.
  void consumed(Http2Stream stream, int bytes) {
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flush();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  private @Nullable UpstreamStream streamOf(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(key);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    Http2Stream all = connection().connectionStream();
    decoder().flowController().incrementWindowSize(all, CONNECTION_WINDOW - FIRST_WINDOW);
    flush(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reading = true;
    asked = false;
    heardAt = lane.coarseNow();
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    List<UpstreamStream> all = List.copyOf(touched);
    touched.clear();
    all.forEach(UpstreamStream::readComplete);
    reading = false;
    super.channelReadComplete(ctx);
  }

  /// Looks at the time.
  void onTick(long now) {
    if (connection().numActiveStreams() == 0) {
      boolean unwanted = ending || replica.isRemoved() || replica.isDraining();
      if (settingsKnown && (unwanted || now - usedAt > IDLE_TIME)) {
        close();
      }
      heardAt = now;
      return;
    }
    if (now - heardAt > GIVE_UP_AFTER) {
      close();
    } else if (now - heardAt > PING_AFTER && !asked) {
      asked = true;
      ChannelHandlerContext ctx = context();
      var _ = encoder().writePing(ctx, false, now, ctx.newPromise());
      flush(ctx);
    }
  }

  /// Ends the connection now, and every request on it.
  void close() {
    ending = true;
    var _ = context().close();
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    // What came is not HTTP/2: nothing that follows can be trusted.
    ending = true;
    forEachStream(stream -> stream.fail(UpstreamFailure.MALFORMED));
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    UpstreamStream stream = streamOf(connection().stream(error.streamId()));
    if (stream != null) {
      stream.fail(UpstreamFailure.MALFORMED);
    }
    super.onStreamError(ctx, outbound, cause, error);
  }

  private void forEachStream(Consumer<UpstreamStream> action) {
    ActiveStreams.forEach(connection(), this::streamOf, action);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    ending = true;
    super.channelInactive(ctx);
    listener.onClosed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset: whatever ends now ends early. The details are of no use to anybody.
    ending = true;
    var _ = ctx.close();
  }

  /// What frames mean for streams.
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream) {
      UpstreamStream stream = streamOf(connection().stream(streamId));
      if (stream != null) {
        touched.add(stream);
        stream.onFields(headers, endOfStream);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
      UpstreamStream stream = streamOf(connection().stream(streamId));
      int bytes = data.readableBytes() + padding;
      if (stream == null) {
        return bytes;
      }
      touched.add(stream);
      return stream.onData(data, bytes, endOfStream);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      UpstreamStream stream = streamOf(connection().stream(streamId));
      if (stream != null) {
        stream.fail(
            errorCode == Http2Error.REFUSED_STREAM.code()
                ? UpstreamFailure.UNPROCESSED
                : UpstreamFailure.BROKEN);
      }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      if (!settingsKnown) {
        settingsKnown = true;
        listener.onReady(ReplicaSession.this);
      }
    }

    @Override
    public void onGoAwayRead(
        ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
      ending = true;
      forEachStream(stream -> stream.goAway(lastStreamId));
    }
  }
}
