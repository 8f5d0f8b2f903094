package io.fleetserve.loadbalancer.tunnel;

import io.fleetserve.loadbalancer.http2.Codec;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One connection that an agent has dialled. HTTP/2 with reversed roles: this side is the client
/// and opens a stream by CONNECT (RFC 9113 section 8.5) for each [TunnelPipe]; the agent joins it to
/// a connection to its server.
///
///     SETTINGS expected --SETTINGS--> OPEN --GOAWAY, stream numbers used up--> ENDING --> closed
///
/// Bytes are passed as they are, so that whatever a server speaks goes through, and each is parsed
/// in one place only. The agent asks by PING each few seconds; silence means that it is gone.
///
/// Confined to its event loop, except the methods that say otherwise.
final class TunnelSession extends Http2ConnectionHandler {
  /// First window of a stream; it doubles while its reader keeps up.
  static final int FIRST_WINDOW = 256 << 10;

  private static final int CONNECTION_WINDOW = 1 << 30;
  private static final int STANDARD_WINDOW = 65_535;
  private static final int LAST_STREAM = Integer.MAX_VALUE - 2;
  private static final long GIVE_UP_NANOS = 15_000_000_000L;

  private final EventLoop loop;
  private final Listener listener;
  private final Http2Connection.PropertyKey key;
  private final TunnelFrames frames;
  private final long goodUntilNanos;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> greeting;
  private boolean reading;
  private boolean flushDue;
  private boolean leaving;
  private long heardAt = System.nanoTime();
  private volatile boolean open;
  private final AtomicInteger streams = new AtomicInteger();

  /// Hears what becomes of the connection, on its event loop.
  interface Listener {
    /// Streams can be opened.
    void onReady(TunnelSession session);

    void onClosed(TunnelSession session);
  }

  /// @param goodUntilNanos when the agent's certificate ends, by `System.nanoTime()`
  TunnelSession(EventLoop loop, long goodUntilNanos, Listener listener) {
    this(loop, goodUntilNanos, listener, Codec.ofTunnel());
  }

  private TunnelSession(EventLoop loop, long goodUntilNanos, Listener listener, Codec<?> codec) {
    super(codec.decoder(), codec.encoder(), settings());
    this.loop = loop;
    this.goodUntilNanos = goodUntilNanos;
    this.listener = listener;
    this.key = connection().newKey();
    this.frames = new TunnelFrames(connection(), key, this::ready, this::left);
    decoder().frameListener(frames);
    connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                TunnelPipe gone = stream.removeProperty(key);
                if (gone != null) {
                  streams.decrementAndGet();
                  gone.run(gone::lost);
                }
              }
            });
  }

  private static Http2Settings settings() {
    return new Http2Settings()
        .pushEnabled(false)
        .initialWindowSize(FIRST_WINDOW)
        .maxHeaderListSize(Codec.MAX_FIELDS);
  }

  private void ready() {
    stopWaiting();
    open = true;
    listener.onReady(this);
  }

  private void stopWaiting() {
    Future<?> waited = greeting;
    if (waited != null) {
      waited.cancel(false);
    }
  }

  /// One side has ended the connection: the streams that are open go on.
  private void left() {
    open = false;
    leaving = true;
  }

  /// Whether a stream can be opened, as far as is known. Thread-safe.
  boolean isOpen() {
    return open;
  }

  /// Streams now. Thread-safe.
  int streams() {
    return streams.get();
  }

  /// Thread-safe.
  EventLoop loop() {
    return loop;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return known;
  }

  private void run(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /// Asks for a connection to the server; the pipe is told. Thread-safe.
  void connect(TunnelPipe pipe) {
    run(() -> connectHere(pipe));
  }

  private void connectHere(TunnelPipe pipe) {
    int id = open && connection().local().canOpenStream() ? nextStream() : -1;
    if (id < 0) {
      pipe.run(pipe::lost);
      return;
    }
    ChannelHandlerContext ctx = context();
    Http2Headers fields = new DefaultHttp2Headers(false, 2);
    fields.method("CONNECT").authority("replica");
    var _ = encoder().writeHeaders(ctx, id, fields, 0, false, ctx.newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream == null) {
      pipe.run(pipe::lost);
      return;
    }
    stream.setProperty(key, pipe);
    streams.incrementAndGet();
    pipe.stream(stream);
    flushSoon();
  }

  private int nextStream() {
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0 || id >= LAST_STREAM) {
      open = false;
      return -1;
    }
    return id;
  }

  /// Writes bytes, which it owns from here on, and tells the pipe when they are on their way.
  /// Thread-safe.
  void write(TunnelPipe pipe, ByteBuf data) {
    if (loop.inEventLoop()) {
      writeHere(pipe, data);
    } else {
      loop.execute(() -> writeHere(pipe, data));
    }
  }

  private void writeHere(TunnelPipe pipe, ByteBuf data) {
    Http2Stream stream = pipe.stream();
    if (stream == null || !isOpenHere(stream)) {
      data.release();
      return;
    }
    int bytes = data.readableBytes();
    ChannelHandlerContext ctx = context();
    ChannelFuture written = encoder().writeData(ctx, stream.id(), data, 0, false, ctx.newPromise());
    written.addListener(_ -> pipe.run(() -> pipe.sent(bytes)));
    flushSoon();
  }

  private boolean isOpenHere(Http2Stream stream) {
    return stream.state() == Http2Stream.State.OPEN
        || stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
  }

  /// Ends our direction. Thread-safe.
  void end(TunnelPipe pipe) {
    run(() -> {
      Http2Stream stream = pipe.stream();
      if (stream != null && isOpenHere(stream)) {
        ChannelHandlerContext ctx = context();
        var _ =
            encoder().writeData(ctx, stream.id(), Unpooled.EMPTY_BUFFER, 0, true, ctx.newPromise());
        flushSoon();
      }
    });
  }

  /// Nobody wants the stream any more. Thread-safe.
  void cancel(TunnelPipe pipe) {
    run(() -> {
      Http2Stream stream = pipe.stream();
      if (stream != null && stream.state() != Http2Stream.State.CLOSED) {
        ChannelHandlerContext ctx = context();
        var _ = resetStream(ctx, stream.id(), Http2Error.CANCEL.code(), ctx.newPromise());
        flushSoon();
      }
    });
  }

  /// The reader has taken bytes.
  ///
  /// @param more by how much the window grows. Thread-safe
  void consumed(TunnelPipe pipe, int bytes, int more) {
    if (loop.inEventLoop()) {
      consumedHere(pipe, bytes, more);
    } else {
      loop.execute(() -> consumedHere(pipe, bytes, more));
    }
  }

  private void consumedHere(TunnelPipe pipe, int bytes, int more) {
    Http2Stream stream = pipe.stream();
    if (stream == null || stream.state() == Http2Stream.State.CLOSED) {
      return;
    }
    try {
      if (more > 0) {
        decoder().flowController().incrementWindowSize(stream, more);
      }
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /// One flush for all that is written in one turn of the event loop: fewer records and calls.
  private void flushSoon() {
    if (!reading && !flushDue) {
      flushDue = true;
      loop.execute(() -> {
        flushDue = false;
        flush(context());
      });
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    Http2Stream all = connection().connectionStream();
    decoder().flowController().incrementWindowSize(all, CONNECTION_WINDOW - STANDARD_WINDOW);
    flush(ctx);
    greeting = loop.schedule(this::closeHere, GIVE_UP_NANOS, TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reading = true;
    heardAt = System.nanoTime();
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    frames.drain();
    reading = false;
    super.channelReadComplete(ctx);
  }

  /// Looks at the time. Thread-safe.
  void look() {
    run(() -> {
      long now = System.nanoTime();
      boolean spent = leaving && connection().numActiveStreams() == 0;
      if (spent || now - heardAt > GIVE_UP_NANOS || now - goodUntilNanos > 0) {
        closeHere();
      }
    });
  }

  /// Ends the connection now, and every stream on it. Thread-safe.
  void close() {
    run(this::closeHere);
  }

  private void closeHere() {
    open = false;
    Channels.close(context().channel());
  }

  /// Asks the agent to dial again, maybe to somebody else; streams go on. Thread-safe.
  void leave() {
    run(() -> {
      left();
      ChannelHandlerContext ctx = context();
      var _ = goAway(ctx, 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
      flush(ctx);
    });
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    open = false;
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    open = false;
    stopWaiting();
    super.channelInactive(ctx);
    listener.onClosed(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    open = false;
    Channels.close(ctx);
  }
}
