package io.fleetserve.loadbalancer.http2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.function.LongSupplier;

/// The parts of Netty's codec for one connection, with our limits.
///
/// @param <R> what reads the frames
public record Codec<R extends Http2FrameReader>(
    Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, R reader) {
  /// Most bytes of the fields of an answer's head, as RFC 9113 section 6.5.2 counts them.
  public static final int MAX_FIELDS = 32 << 10;

  private static final int SMALL_CONTINUATIONS = 16;

  /// For a connection of a client.
  ///
  /// @param maxStreams at once
  /// @param maxFields most bytes of the fields of one head, as above
  /// @param clock monotonic nanoseconds
  public static Codec<FrameGuard> ofServer(int maxStreams, int maxFields, LongSupplier clock) {
    Http2Connection connection = new DefaultHttp2Connection(true);
    connection.remote().maxActiveStreams(maxStreams);
    FrameGuard guard = new FrameGuard(frames(maxFields), connection, clock);
    return of(connection, guard);
  }

  /// For a connection to a replica.
  public static Codec<Http2FrameReader> ofClient() {
    return of(new DefaultHttp2Connection(false), frames(MAX_FIELDS));
  }

  /// For a connection that an agent has dialled. What one stream has not read yet takes nothing of
  /// the others' window.
  public static Codec<Http2FrameReader> ofTunnel() {
    Http2Connection connection = new DefaultHttp2Connection(false);
    connection
        .local()
        .flowController(
            new DefaultHttp2LocalFlowController(
                connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
    return of(connection, frames(MAX_FIELDS));
  }

  private static Http2FrameReader frames(int maxFields) {
    return new DefaultHttp2FrameReader(
        new DefaultHttp2HeadersDecoder(true, maxFields), SMALL_CONTINUATIONS);
  }

  private static <R extends Http2FrameReader> Codec<R> of(Http2Connection connection, R reader) {
    // How large the peer would like fields to be is advice; it must not make messages fail.
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new DefaultHttp2FrameWriter(Http2HeadersEncoder.NEVER_SENSITIVE, true));
    return new Codec<>(
        new DefaultHttp2ConnectionDecoder(connection, encoder, reader), encoder, reader);
  }
}
