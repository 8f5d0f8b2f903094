package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;

/// Copies field lines that are not dropped: neighbours in one go. Thread-safe: stateless.
final class Runs {
  private Runs() {}

  static void write(HeaderFields fields, ByteBuf out) {
    int count = fields.count();
    int field = 0;
    while (field < count) {
      if (fields.isDropped(field)) {
        field++;
        continue;
      }
      int start = fields.nameStart(field);
      while (field + 1 < count && !fields.isDropped(field + 1)) {
        field++;
      }
      out.writeBytes(fields.bytes(), start, fields.lineEnd(field) - start);
      field++;
    }
  }
}
