package io.fleetserve.loadbalancer.lane;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Joins bytes that arrived in pieces. Thread-safe: stateless.
public final class Buffers {
  private Buffers() {}

  /// Owns both buffers; returns one, owned by the caller, with the bytes of both.
  public static ByteBuf join(@Nullable ByteBuf first, ByteBuf second, ByteBufAllocator allocator) {
    if (first == null) {
      return second;
    }
    if (!first.isReadable()) {
      first.release();
      return second;
    }
    ByteBuf both = allocator.buffer(Math.max(1024, first.readableBytes() + second.readableBytes()));
    both.writeBytes(first).writeBytes(second);
    first.release();
    second.release();
    return both;
  }
}
