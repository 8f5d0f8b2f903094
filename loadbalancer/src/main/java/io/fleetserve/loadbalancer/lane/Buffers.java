package io.fleetserve.loadbalancer.lane;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.jspecify.annotations.Nullable;

/// Memory of network bytes. Thread-safe: stateless.
public final class Buffers {
  private Buffers() {}

  /// Bytes that buffers take now, over all connections.
  public static long bytes() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : 0;
  }

  /// Joins bytes that arrived in pieces. Owns both buffers; returns one, owned by the caller, with
  /// the bytes of both.
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
