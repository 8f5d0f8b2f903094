package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// The body of a request stream on its way to the exchange, in HTTP/1.1 framing, and the window
/// that the client has to get back for it. Confined to its lane.
final class StreamBody {
  private static final byte[] END = Octets.ascii("\r\n0\r\n");
  private static final byte[] EMPTY_LINE = Octets.ascii("\r\n");

  private final ByteBufAllocator allocator;
  private boolean chunked;
  private boolean begun;
  private boolean complete;
  private int owed;
  private final BodyPace pace;

  /// @param pace begins now
  StreamBody(ByteBufAllocator allocator, BodyPace pace) {
    this.allocator = allocator;
    this.pace = pace;
  }

  /// @param chunked the head has no length
  void begin(boolean chunked) {
    this.chunked = chunked;
  }

  /// The client has sent all of it.
  boolean isComplete() {
    return complete;
  }

  /// Whether a client that may send sends too little.
  boolean isSlow(long now) {
    return pace.isSlow(now);
  }

  /// Bytes whose window the client did not get back.
  int owed() {
    return owed;
  }

  void owe(int bytes) {
    owed += bytes;
  }

  /// All of the window goes back to the client now.
  int payBack(long now) {
    int bytes = owed;
    owed = 0;
    pace.progress(now);
    return bytes;
  }

  /// A piece came. Stays the caller's.
  void take(ByteBuf data, Exchange to, long now) {
    int n = data.readableBytes();
    pace.progress(n, now);
    if (n == 0) {
      return;
    }
    if (chunked) {
      ByteBuf size = allocator.buffer(16);
      if (begun) {
        size.writeBytes(EMPTY_LINE);
      }
      begun = true;
      size.writeBytes(Octets.ascii(Integer.toHexString(n))).writeBytes(EMPTY_LINE);
      to.onBody(size);
    }
    to.onBody(data.retainedSlice());
  }

  /// The last piece came.
  ///
  /// @param trailers a whole section, owned from here on; null for none
  void end(@Nullable ByteBuf trailers, Exchange to) {
    complete = true;
    if (chunked) {
      ByteBuf last = allocator.buffer(16);
      last.writeBytes(END, begun ? 0 : 2, END.length - (begun ? 0 : 2));
      if (trailers == null) {
        last.writeBytes(EMPTY_LINE);
      }
      to.onBody(last);
      if (trailers != null) {
        to.onBody(trailers);
      }
    } else if (trailers != null) {
      // A body of known length has no place for them.
      trailers.release();
    }
    to.onBodyComplete();
  }

  /// The client's end came, and nobody needs it.
  void end() {
    complete = true;
  }
}
