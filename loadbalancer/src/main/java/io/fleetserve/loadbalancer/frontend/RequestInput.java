package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.BodyReader;
import io.fleetserve.loadbalancer.http.HeadScanner;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.lane.Buffers;
import io.fleetserve.loadbalancer.lane.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// What a client sent and nobody has taken yet: heads and bodies, one after another. Confined to
/// its lane; owns the bytes.
final class RequestInput {
  /// RFC 9113 section 3.4: `PRI * HTTP/2.0` and an empty line, which looks like a head.
  private static final int PREFACE_HEAD = 18;

  private static final long PREFACE_START = 0x505249202a204854L;

  private final Lane lane;
  private final ByteBufAllocator allocator;
  private final HeadScanner scanner;
  private final BodyReader body = new BodyReader(400);
  private @Nullable ByteBuf in;
  private boolean skippedLine;
  private boolean begun;
  private boolean http2;

  RequestInput(Lane lane, ByteBufAllocator allocator) {
    this.lane = lane;
    this.allocator = allocator;
    this.scanner = HeadScanner.ofRequests(lane.headLimits());
  }

  /// Adds what was read; owned from here on.
  void add(ByteBuf data) {
    in = Buffers.join(in, data, allocator);
  }

  boolean isEmpty() {
    ByteBuf data = in;
    return data == null || !data.isReadable();
  }

  int readableBytes() {
    ByteBuf data = in;
    return data == null ? 0 : data.readableBytes();
  }

  /// The connection began as one of HTTP/2: it is not for this parser. Nothing was taken.
  boolean isHttp2() {
    return http2;
  }

  /// Whether the body of the request that was begun last was taken completely.
  boolean isBodyComplete() {
    return body.isComplete();
  }

  /// Parses the next head into the lane's parser and gets ready for its body; false when more bytes
  /// are needed.
  ///
  /// @throws io.fleetserve.loadbalancer.http.MalformedMessage when it must be refused
  boolean readHead() {
    lane.requestHead().clear();
    ByteBuf data = in;
    if (data == null) {
      return false;
    }
    int length = scanner.scan(data);
    if (length == 2 && !skippedLine) {
      // RFC 9112 section 2.2: one empty line before a request line is ignored.
      skippedLine = true;
      data.skipBytes(2);
      length = scanner.scan(data);
    }
    if (length < 0) {
      return false;
    }
    skippedLine = false;
    if (length == PREFACE_HEAD && !begun && data.getLong(data.readerIndex()) == PREFACE_START) {
      http2 = true;
      return false;
    }
    begun = true;
    data.readBytes(lane.scratch(), 0, length);
    if (!data.isReadable()) {
      // An idle connection holds no memory of its last request.
      drop();
    }
    RequestHead head = lane.requestHead();
    head.parse(lane.scratch(), length);
    if (head.isChunked()) {
      body.chunked(false);
    } else {
      body.length(Math.max(0, head.contentLength()));
    }
    return true;
  }

  /// Passes on what is there of the body; each piece is the exchange's from then on.
  ///
  /// @throws io.fleetserve.loadbalancer.http.MalformedMessage when its framing is wrong
  @SuppressWarnings("ReferenceEquality") // whether it is the same buffer, not the same bytes
  void readBody(Exchange to) {
    while (!body.isComplete()) {
      ByteBuf data = in;
      if (data == null || !data.isReadable()) {
        return;
      }
      ByteBuf piece = body.take(data, allocator);
      if (piece == data) {
        in = null;
      }
      if (piece != null) {
        to.onBody(piece);
      }
    }
    to.onBodyComplete();
  }

  /// All bytes as they are; null if there are none. The caller owns them.
  @Nullable ByteBuf takeAll() {
    ByteBuf data = in;
    in = null;
    return data;
  }

  void drop() {
    ByteBuf dropped = takeAll();
    if (dropped != null) {
      dropped.release();
    }
  }
}
