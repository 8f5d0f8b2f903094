package io.fleetserve.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;

/// Bytes that wait for a server which takes none now, in their order. Confined to one thread.
///
/// A client may send its upload a byte at a time, and a buffer of its own for each would cost the
/// agent's small heap a hundred times what the windows allow: small ones share buffers, which grow
/// by doubling, so that the memory is at most about three times what waits.
final class WaitingBytes {
  private static final int SHARED = 4 << 10;

  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /// How many wait.
  int count() {
    return pieces.stream().mapToInt(ByteBuffer::remaining).sum();
  }

  /// Memory that they take, in bytes, without that of objects.
  int capacity() {
    return pieces.stream().mapToInt(ByteBuffer::capacity).sum();
  }

  /// Objects that hold them.
  int buffers() {
    return pieces.size();
  }

  /// Copies what remains in `bytes`.
  void add(ByteBuffer bytes) {
    ByteBuffer last = pieces.peekLast();
    int more = bytes.remaining();
    if (last != null && last.capacity() - last.limit() >= more) {
      int end = last.limit();
      last.limit(end + more);
      last.put(end, bytes, bytes.position(), more);
      bytes.position(bytes.limit());
    } else if (last != null && last.remaining() + more <= SHARED) {
      pieces.removeLast();
      int room = Math.min(SHARED, 2 * (last.remaining() + more));
      pieces.add(ByteBuffer.allocate(room).put(last).put(bytes).flip());
    } else if (more > 0) {
      pieces.add(ByteBuffer.allocate(more).put(bytes).flip());
    }
  }

  /// Writes the first of them, as many as the channel takes, and forgets those. To be called again
  /// until it is 0: what was written is told even if more fails.
  ///
  /// @return how many; 0 when the channel takes none, or none wait
  int writeTo(WritableByteChannel channel) throws IOException {
    ByteBuffer first = pieces.peekFirst();
    if (first == null) {
      return 0;
    }
    int written = channel.write(first);
    if (!first.hasRemaining()) {
      pieces.removeFirst();
    }
    return written;
  }

  void clear() {
    pieces.clear();
  }
}
