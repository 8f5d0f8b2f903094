package io.fleetserve.loadbalancer;

import java.util.function.LongSupplier;

/// Collects the whole heap when it has grown by a quarter since the last time.
///
/// The serial collector by itself enlarges the old generation rather than to collect it, up to the
/// limit of the heap: what 10,000 closed connections left would stay resident, and the next 10,000
/// would come on top. A whole collection takes about 1.5 ms per MB that is in use, so it comes only
/// behind growth.
///
/// Confined to one thread.
final class HeapGrowth {
  private final LongSupplier size;
  private final Runnable collection;
  private long settled;

  /// @param size of the heap now, in bytes, with what is free in it
  /// @param collection collects everything before it returns
  HeapGrowth(LongSupplier size, Runnable collection) {
    this.size = size;
    this.collection = collection;
    settled = size.getAsLong();
  }

  /// Of this process.
  static HeapGrowth ofProcess() {
    return new HeapGrowth(Runtime.getRuntime()::totalMemory, System::gc);
  }

  /// Collects if it is time to.
  void look() {
    if (size.getAsLong() < settled + settled / 4) {
      settled = Math.min(settled, size.getAsLong());
      return;
    }
    collection.run();
    settled = size.getAsLong();
  }
}
