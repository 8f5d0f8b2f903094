package io.fleetserve.controller.stream;

import java.util.function.LongUnaryOperator;

/// Hands out generation numbers that never go back, also over a crash.
///
/// Numbers are reserved in the store by the block, before the first of them is used: a restart goes
/// on behind the block, so no number is sent twice, and sending one costs no disk write. The next
/// block is reserved when half of one is left; if the store cannot write then, the other half is
/// what there is to go on with. Confined to its publisher's lock.
final class Generations {
  private static final int BLOCK = 1024;

  private final LongUnaryOperator reserve;
  private long next;
  private long end;

  /// @param reserve adds its argument to the stored counter and returns the counter before; throws
  ///   when it cannot be stored
  Generations(LongUnaryOperator reserve) {
    this.reserve = reserve;
    this.next = reserve.applyAsLong(BLOCK) + 1;
    this.end = next + BLOCK;
  }

  long next() {
    if (end - next <= BLOCK / 2) {
      extend();
    }
    return next++;
  }

  private void extend() {
    try {
      end = reserve.applyAsLong(BLOCK) + BLOCK + 1;
    } catch (RuntimeException full) {
      if (next >= end) {
        throw full;
      }
    }
  }
}
