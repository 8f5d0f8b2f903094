package io.fleetserve.loadbalancer.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.net.ConnectException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What frames of an agent mean for the pipes of its [TunnelSession]. Confined to its event loop.
final class TunnelFrames extends Http2FrameAdapter {
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private final Runnable ready;
  private final Runnable left;
  private final Set<TunnelPipe> touched = new LinkedHashSet<>();
  private boolean settingsKnown;

  /// @param key under which a stream has its pipe
  /// @param ready called once, when streams can be opened
  /// @param left called when the agent has ended the connection
  TunnelFrames(
      Http2Connection connection, Http2Connection.PropertyKey key, Runnable ready, Runnable left) {
    this.connection = connection;
    this.key = key;
    this.ready = ready;
    this.left = left;
  }

  private @Nullable TunnelPipe pipeOf(int streamId) {
    Http2Stream stream = connection.stream(streamId);
    return stream == null ? null : stream.getProperty(key);
  }

  /// Hands on what has arrived for pipes of this event loop since the last call.
  void drain() {
    if (!touched.isEmpty()) {
      List<TunnelPipe> all = List.copyOf(touched);
      touched.clear();
      all.forEach(TunnelPipe::drain);
    }
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    if (!settingsKnown) {
      settingsKnown = true;
      ready.run();
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream) {
    onHeadersRead(ctx, streamId, headers, padding, endOfStream);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean endOfStream) {
    TunnelPipe pipe = pipeOf(streamId);
    if (pipe != null && "200".contentEquals(headers.status())) {
      pipe.run(pipe::opened);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    TunnelPipe pipe = pipeOf(streamId);
    if (pipe == null) {
      return data.readableBytes() + padding;
    }
    ByteBuf piece = data.isReadable() ? data.retain() : null;
    if (pipe.eventLoop().inEventLoop()) {
      pipe.arrived(piece, endOfStream);
      touched.add(pipe);
    } else {
      pipe.eventLoop()
          .execute(() -> {
            pipe.arrived(piece, endOfStream);
            pipe.drain();
          });
    }
    return padding;
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    TunnelPipe pipe = pipeOf(streamId);
    if (pipe != null) {
      boolean refused = errorCode == Http2Error.CONNECT_ERROR.code();
      pipe.run(() -> {
        if (refused) {
          pipe.failed(new ConnectException("the server refuses connections"));
        }
        pipe.lost();
      });
    }
  }

  @Override
  public void onGoAwayRead(
      ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
    left.run();
  }
}
