package io.fleetserve.loadbalancer.lane;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.LongSupplier;

/// How much a read from a replica asks for: what came the last times, from 64 bytes to 256 KiB.
///
/// Large bodies need large reads: with 64 KiB each, data waited in the kernel until it had left the
/// processor's caches, and a megabyte cost up to twice as much. But a client that takes nothing
/// holds what was read last, so reads end at 64 KiB while buffers take much memory.
///
/// Thread-safe; a handle belongs to one connection.
public final class ReadSizes implements RecvByteBufAllocator {
  static final int LARGEST = 256 << 10;
  static final int LARGEST_IN_NEED = 64 << 10;
  private static final int FIRST = 2048;

  private final AdaptiveRecvByteBufAllocator adaptive =
      new AdaptiveRecvByteBufAllocator(64, FIRST, LARGEST);
  private final LongSupplier used;
  private final long plenty;

  /// @param used bytes that buffers take now
  /// @param plenty bytes from which on reads are shorter
  ReadSizes(LongSupplier used, long plenty) {
    this.used = used;
    this.plenty = plenty;
  }

  /// In need when buffers take a quarter of what they may, which is as much as the heap may.
  public ReadSizes() {
    this(Buffers::bytes, Runtime.getRuntime().maxMemory() / 4);
  }

  @Override
  @SuppressWarnings("deprecation") // so is what Netty's own channels use
  public Handle newHandle() {
    return new Sized((ExtendedHandle) adaptive.newHandle());
  }

  private final class Sized extends DelegatingHandle implements ExtendedHandle {
    private final ExtendedHandle sizes;

    Sized(ExtendedHandle sizes) {
      super(sizes);
      this.sizes = sizes;
    }

    @Override
    public int guess() {
      int size = sizes.guess();
      return size > LARGEST_IN_NEED && used.getAsLong() >= plenty ? LARGEST_IN_NEED : size;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return sizes.continueReading(maybeMore);
    }
  }
}
