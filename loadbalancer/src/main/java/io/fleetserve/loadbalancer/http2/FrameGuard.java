package io.fleetserve.loadbalancer.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Reads frames of a client, and ends a connection whose peer makes us work for nothing: by GOAWAY
/// with ENHANCE_YOUR_CALM (RFC 9113 section 10.5). Confined to one event loop.
///
/// Two budgets. Frames that carry nothing (PING, SETTINGS, PRIORITY, RST_STREAM, empty DATA, small
/// window updates, unknown ones) use up the first; data in either direction and time refill it, so
/// that a peer may acknowledge each piece it gets. Streams that end early, by the client's reset
/// (CVE-2023-44487) or by an error that it provoked (CVE-2025-8671), use up the second; requests
/// that end well refill it.
public final class FrameGuard implements Http2FrameReader {
  private static final int LARGEST_TABLE = 4096;
  private static final int IDLE_FRAMES = 1000;
  private static final int IDLE_FRAMES_PER_SECOND = 100;
  private static final int SETTINGS_COST = 10;
  private static final int DATA_CREDIT = 4;
  private static final int BYTES_PER_CREDIT = 2048;
  private static final int RESETS = 200;
  private static final double RESETS_PER_SECOND = 200 / 30.0;

  private final Http2FrameReader reader;
  private final Http2Connection connection;
  private final StreamHistory history = new StreamHistory();
  private final Budget idleFrames;
  private final Budget resets;
  private @Nullable Http2FrameListener wrapped;
  private @Nullable Guarded guarded;

  /// @param reader reads the frames; closed with this object
  /// @param clock monotonic nanoseconds
  public FrameGuard(Http2FrameReader reader, Http2Connection connection, LongSupplier clock) {
    this.reader = reader;
    this.connection = connection;
    idleFrames = new Budget(IDLE_FRAMES, IDLE_FRAMES_PER_SECOND, clock);
    resets = new Budget(RESETS, RESETS_PER_SECOND, clock);
  }

  /// Data was sent to the peer, which may acknowledge it.
  public void sent(int bytes) {
    idleFrames.give(DATA_CREDIT + bytes / BYTES_PER_CREDIT);
  }

  /// A request ended well.
  public void completed() {
    resets.give(1);
  }

  /// A stream ended early by the peer's doing.
  ///
  /// @throws Http2Exception if that was once too often
  public void reset() throws Http2Exception {
    if (!resets.take(1)) {
      throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "too many streams end early");
    }
  }

  private void idle(int cost) throws Http2Exception {
    if (!idleFrames.take(cost)) {
      throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "too many frames without content");
    }
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener)
      throws Http2Exception {
    Guarded to = guarded;
    if (to == null || !listener.equals(wrapped)) {
      to = new Guarded(listener);
      guarded = to;
      wrapped = listener;
    }
    reader.readFrame(ctx, input, to);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private final class Guarded extends Http2FrameListenerDecorator {
    Guarded(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
        throws Http2Exception {
      if (data.isReadable()) {
        idleFrames.give(DATA_CREDIT);
      } else if (!endOfStream) {
        idle(1);
      }
      if (endOfStream) {
        history.ended(streamId);
      }
      return super.onDataRead(ctx, streamId, data, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean last)
        throws Http2Exception {
      fields(streamId, last);
      super.onHeadersRead(ctx, streamId, headers, padding, last);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last)
        throws Http2Exception {
      fields(streamId, last);
      super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, last);
    }

    private void fields(int streamId, boolean last) throws Http2Exception {
      history.fields(streamId, connection.stream(streamId) != null);
      if (last) {
        history.ended(streamId);
      }
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      idle(1);
      super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
        throws Http2Exception {
      idle(1);
      history.ended(streamId);
      super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      idle(SETTINGS_COST);
      Long table = settings.headerTableSize();
      if (table != null && table > LARGEST_TABLE) {
        // The peer allows more; memory is ours.
        settings.headerTableSize(LARGEST_TABLE);
      }
      super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
      idle(1);
      super.onSettingsAckRead(ctx);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      idle(1);
      super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      idle(1);
      super.onPingAckRead(ctx, data);
    }

    @Override
    public void onPushPromiseRead(
        ChannelHandlerContext ctx, int streamId, int promised, Http2Headers headers, int padding)
        throws Http2Exception {
      idle(1);
      super.onPushPromiseRead(ctx, streamId, promised, headers, padding);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment)
        throws Http2Exception {
      idle(1);
      super.onWindowUpdateRead(ctx, streamId, increment);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      idle(1);
      super.onUnknownFrame(ctx, type, streamId, flags, payload);
    }
  }
}
