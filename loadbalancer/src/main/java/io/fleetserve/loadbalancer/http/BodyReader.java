package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Takes the bytes of one body off a stream, by length, chunked or until the connection closes (RFC
/// 9112 section 6.3). Confined to one event loop; one object serves one body after another.
///
/// Pieces are slices of what was read: nothing is copied, and a buffer that holds nothing but this
/// body is passed on itself.
public final class BodyReader {
  private enum Kind {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final int badStatus;
  private Kind kind = Kind.NONE;
  private long remaining;
  private boolean decode;
  private @Nullable ChunkedFraming chunks;
  private @Nullable TrailerSection trailer;
  private @Nullable HeaderFields trailers;

  /// @param badStatus status of a [MalformedMessage]: 400 for requests, 502 for responses
  public BodyReader(int badStatus) {
    this.badStatus = badStatus;
  }

  /// A message without a body.
  public void none() {
    start(Kind.NONE, 0);
  }

  /// A body of `length` bytes.
  public void length(long length) {
    start(length == 0 ? Kind.NONE : Kind.LENGTH, length);
  }

  /// A chunked body.
  ///
  /// @param decode true: pieces are the content alone, for a receiver that knows no chunks
  public void chunked(boolean decode) {
    start(Kind.CHUNKED, 0);
    this.decode = decode;
    chunks = new ChunkedFraming(badStatus);
  }

  /// A body that ends with the connection.
  public void untilClose() {
    start(Kind.UNTIL_CLOSE, 0);
  }

  private void start(Kind kind, long length) {
    this.kind = kind;
    remaining = length;
    chunks = null;
    trailer = null;
    trailers = null;
  }

  /// Whether the whole body was taken; never true for one that ends with the connection.
  public boolean isComplete() {
    return kind == Kind.NONE;
  }

  /// Whether the end of the connection is the end of the body.
  public boolean endsWithConnection() {
    return kind == Kind.UNTIL_CLOSE;
  }

  /// Whether the last piece ended behind a chunk that is passed on with its framing, or none came.
  public boolean isBetweenChunks() {
    ChunkedFraming framing = chunks;
    return kind == Kind.CHUNKED && !decode && framing != null && framing.isBetweenChunks();
  }

  /// Trailer fields of a body that was complete and read without its framing; null if there were
  /// none. What must not be forwarded is dropped.
  public @Nullable HeaderFields trailers() {
    return trailers;
  }

  /// Takes the next piece of the body off `in`.
  ///
  /// Returns `in` itself when all of it is body: its ownership passes on with the piece. Otherwise
  /// a retained slice, which the caller owns beside `in`, or null when the bytes that were consumed
  /// hold nothing to forward.
  ///
  /// @param in readable
  /// @throws MalformedMessage when the framing is wrong
  public @Nullable ByteBuf take(ByteBuf in, ByteBufAllocator allocator) {
    return switch (kind) {
      case NONE -> throw new IllegalStateException("body is complete");
      case UNTIL_CLOSE -> in;
      case LENGTH -> {
        int n = (int) Math.min(remaining, in.readableBytes());
        remaining -= n;
        if (remaining == 0) {
          kind = Kind.NONE;
        }
        yield slice(in, n);
      }
      case CHUNKED -> takeChunked(in, allocator);
    };
  }

  private @Nullable ByteBuf takeChunked(ByteBuf in, ByteBufAllocator allocator) {
    ChunkedFraming framing = chunks;
    if (framing == null) {
      throw new IllegalStateException("no chunked body");
    }
    if (framing.atTrailer()) {
      return takeTrailer(framing, in, allocator);
    }
    int from = in.readerIndex();
    int to = framing.walk(in, from, in.writerIndex(), decode);
    ByteBuf piece = null;
    if (!decode) {
      piece = to > from ? slice(in, to - from) : null;
    } else {
      in.readerIndex(to);
      int n = (int) Math.min(framing.contentHere(), in.readableBytes());
      if (n > 0) {
        framing.content(n);
        piece = slice(in, n);
      }
    }
    if (framing.isDone()) {
      kind = Kind.NONE;
    }
    return piece;
  }

  private @Nullable ByteBuf takeTrailer(
      ChunkedFraming framing, ByteBuf in, ByteBufAllocator allocator) {
    TrailerSection section = trailer;
    if (section == null) {
      section = new TrailerSection(badStatus);
      trailer = section;
    }
    if (!section.read(in)) {
      return null;
    }
    framing.trailerRead();
    kind = Kind.NONE;
    if (decode) {
      trailers = section.fields();
      return null;
    }
    return section.encode(allocator);
  }

  private static ByteBuf slice(ByteBuf in, int n) {
    return n == in.readableBytes() ? in : in.readRetainedSlice(n);
  }
}
