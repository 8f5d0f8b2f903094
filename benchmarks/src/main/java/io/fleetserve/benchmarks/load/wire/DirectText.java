package io.fleetserve.benchmarks.load.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Makes buffers that are written again and again.
public final class DirectText {
  private DirectText() {}

  /// A read-only direct buffer of ASCII text. Release does nothing, the garbage collector frees it;
  /// hand out duplicates.
  public static ByteBuf of(String text) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(text.length());
    bytes.put(text.getBytes(StandardCharsets.US_ASCII)).flip();
    return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes).asReadOnly());
  }
}
