package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;

/// Writes numbers as ASCII digits without a string. Thread-safe: stateless.
final class Decimals {
  private Decimals() {}

  /// @param value >= 0
  static void write(ByteBuf out, long value) {
    long divisor = 1;
    while (value / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.writeByte('0' + (int) (value / divisor % 10));
    }
  }
}
