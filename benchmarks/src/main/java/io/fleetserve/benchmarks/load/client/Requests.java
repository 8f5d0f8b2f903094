package io.fleetserve.benchmarks.load.client;

import io.fleetserve.benchmarks.load.wire.DirectText;
import io.netty.buffer.ByteBuf;

/// The bytes the client sends, made once.
final class Requests {
  static final int LARGE_BYTES = 10_000_000;

  private static final ByteBuf BLOCK = DirectText.of("fedcba9876543210".repeat(1 << 12));

  private Requests() {}

  static ByteBuf get(int port, String path) {
    return DirectText.of(
        """
        GET %s HTTP/1.1\r
        Host: 127.0.0.1:%d\r
        User-Agent: fleetserve-load\r
        Accept: */*\r
        \r
        """
            .formatted(path, port));
  }

  static ByteBuf post(int port, String path, int bytes) {
    return DirectText.of(
        """
        POST %s HTTP/1.1\r
        Host: 127.0.0.1:%d\r
        User-Agent: fleetserve-load\r
        Content-Type: application/octet-stream\r
        Content-Length: %d\r
        \r
        """
            .formatted(path, port, bytes));
  }

  /// A piece of a body, at most 64 KiB.
  static ByteBuf block(int atMost) {
    return BLOCK.retainedSlice(0, Math.min(atMost, BLOCK.readableBytes()));
  }
}
