package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.http2.ResponseFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// What goes to the client of one HTTP/2 stream. Confined to its lane.
///
/// The last piece is kept back until it is known whether more follows, so that the end needs no
/// frame of its own.
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the stream
final class StreamAnswer {
  private final Http2Client connection;
  private final Http2Stream stream;
  private @Nullable Http2Headers head;
  private @Nullable Http2Headers trailers;
  private @Nullable ByteBuf held;
  private boolean continued;

  StreamAnswer(Http2Client connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  /// 1xx; a 100 goes to a client that asked for it, once.
  void interim(ResponseHead interim, RequestFacts facts) {
    boolean first = !continued;
    if (interim.status() == 100) {
      continued = true;
      if (!first || !facts.expectsContinue()) {
        return;
      }
    }
    connection.writeFields(stream, ResponseFields.of(interim, facts.requestId()), false);
    connection.flush();
  }

  /// 101 of the replica.
  void tunnel(ResponseHead switching, RequestFacts facts) {
    connection.writeFields(stream, ResponseFields.ofTunnel(switching, facts.requestId()), false);
    connection.flush();
  }

  /// The final head; kept back.
  void head(ResponseHead last, RequestFacts facts) {
    head = ResponseFields.of(last, facts.requestId());
  }

  boolean isHeadUnsent() {
    return head != null;
  }

  /// Forgets what was kept back.
  void drop() {
    head = null;
    ByteBuf piece = held;
    held = null;
    if (piece != null) {
      piece.release();
    }
  }

  /// A piece of the body; owned from here on.
  void write(ByteBuf piece) {
    writeHeld();
    held = piece;
  }

  void trailers(HeaderFields fields) {
    trailers = ResponseFields.of(fields);
  }

  /// Writes what was kept back; more follows.
  void writeHeld() {
    Http2Headers fields = head;
    ByteBuf piece = held;
    head = null;
    held = null;
    if (fields != null) {
      connection.writeFields(stream, fields, false);
    }
    if (piece != null) {
      connection.writeData(stream, piece, false);
    }
  }

  /// Writes what was kept back as the end.
  ChannelFuture writeLast() {
    Http2Headers fields = head;
    Http2Headers last = trailers;
    ByteBuf piece = held;
    head = null;
    held = null;
    trailers = null;
    if (fields != null) {
      boolean only = piece == null && last == null;
      ChannelFuture written = connection.writeFields(stream, fields, only);
      if (only) {
        return written;
      }
    }
    if (last == null) {
      return connection.writeData(stream, piece == null ? Unpooled.EMPTY_BUFFER : piece, true);
    }
    if (piece != null) {
      connection.writeData(stream, piece, false);
    }
    return connection.writeFields(stream, last, true);
  }

  /// Writes an answer of the load balancer itself, instead of what was kept back.
  ///
  /// @param grpc the request is a call of gRPC
  ChannelFuture writeOwn(OwnAnswer answer, RequestFacts facts, boolean grpc) {
    drop();
    if (grpc) {
      return connection.writeFields(stream, ResponseFields.ofGrpc(answer, facts.requestId()), true);
    }
    ByteBuf json = ByteBufUtil.writeUtf8(connection.allocator(), answer.json());
    Http2Headers fields = ResponseFields.of(answer, facts.requestId(), json.readableBytes());
    if (facts.isHead()) {
      json.release();
      return connection.writeFields(stream, fields, true);
    }
    connection.writeFields(stream, fields, false);
    return connection.writeData(stream, json, true);
  }
}
