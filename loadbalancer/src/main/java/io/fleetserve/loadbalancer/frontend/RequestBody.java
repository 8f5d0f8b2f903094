package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The body of one request between client and replica: what was not sent yet, and, while it is
/// small enough, what was sent and may have to be sent again. Confined to one lane.
///
/// Owns every buffer in it until [#release]. A piece that is sent and kept goes out as a retained
/// duplicate.
final class RequestBody {
  private static final int COPY_BELOW = 1024;
  private static final int SHARED = 4096;

  private final int bound;
  private final List<ByteBuf> pieces = new ArrayList<>(2);
  private @Nullable ByteBuf growing;
  private long buffered;
  private boolean complete;
  private boolean kept = true;

  /// @param bound most bytes that are kept
  RequestBody(int bound) {
    this.bound = bound;
  }

  /// Bytes in memory.
  long buffered() {
    return buffered;
  }

  /// All of the body was read from the client.
  boolean isComplete() {
    return complete;
  }

  void complete() {
    complete = true;
  }

  /// Everything from the first byte is still here.
  boolean isKept() {
    return kept;
  }

  /// More bytes would not be kept: better to leave them with the client until a replica takes them.
  boolean isFull() {
    return buffered >= bound;
  }

  /// Adds a piece that nobody can take yet, or that is to be kept; owns it.
  void add(ByteBuf piece, ByteBufAllocator allocator) {
    int bytes = piece.readableBytes();
    buffered += bytes;
    if (bytes >= COPY_BELOW) {
      growing = null;
      pieces.add(piece);
    } else {
      // A slice of a few bytes must not keep a whole receive buffer alive.
      room(bytes, allocator).writeBytes(piece);
      piece.release();
    }
  }

  /// The last piece, if it is a copy that has room for more, else a new one. From the second on
  /// they have room: a body may come a byte at a time. Duplicates on their way do not see what is
  /// written behind them.
  private ByteBuf room(int bytes, ByteBufAllocator allocator) {
    ByteBuf last = growing;
    if (last != null && last.writableBytes() >= bytes) {
      return last;
    }
    ByteBuf next = allocator.buffer(last == null ? bytes : SHARED);
    growing = next;
    pieces.add(next);
    return next;
  }

  /// Sends a piece that was just read over a connection that has all earlier ones.
  void forward(ByteBuf piece, Upstream to, ByteBufAllocator allocator) {
    if (kept && buffered + piece.readableBytes() > bound) {
      forget();
    }
    if (!kept) {
      to.write(piece);
      return;
    }
    to.write(piece.retainedDuplicate());
    add(piece, allocator);
  }

  /// Sends everything that is here, from the start.
  void sendAll(Upstream to) {
    if (!kept) {
      throw new IllegalStateException("body was not kept");
    }
    for (ByteBuf piece : pieces) {
      to.write(piece.retainedDuplicate());
    }
  }

  /// Nothing has to be sent again any more.
  void forget() {
    kept = false;
    release();
  }

  private void release() {
    pieces.forEach(ByteBuf::release);
    pieces.clear();
    growing = null;
    buffered = 0;
  }
}
