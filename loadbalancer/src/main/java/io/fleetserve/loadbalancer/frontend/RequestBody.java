package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/// The body of one request between client and replica: what was not sent yet, and, while it is
/// small enough, what was sent and may have to be sent again. Confined to one lane.
///
/// Owns every buffer in it until [#release]. A piece that is sent and kept goes out as a retained
/// duplicate.
final class RequestBody {
  private static final int COPY_BELOW = 1024;

  private final int bound;
  private final List<ByteBuf> pieces = new ArrayList<>(2);
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
    ByteBuf stored = piece;
    if (piece.readableBytes() < COPY_BELOW) {
      // A slice of a few bytes must not keep a whole receive buffer alive.
      stored = allocator.buffer(piece.readableBytes()).writeBytes(piece);
      piece.release();
    }
    pieces.add(stored);
    buffered += stored.readableBytes();
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
    buffered = 0;
  }
}
