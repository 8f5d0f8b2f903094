package io.fleetserve.benchmarks.load.backend;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Reads the little the backend needs from the head of a request. Pure; never moves the reader
/// index.
final class RequestHead {
  /// What a request asks for.
  enum Target {
    SMALL,
    EVENTS,
    BYTES,
    SINK,
    UNKNOWN
  }

  private RequestHead() {}

  /// Bytes of the head with its empty line; -1 while it is incomplete.
  static int length(ByteBuf buffer) {
    int from = buffer.readerIndex();
    int to = buffer.writerIndex();
    // The head of a request without a body ends where the buffer ends: no search.
    if (to - from >= 4 && endsHead(buffer, to - 4) && buffer.getByte(from) == 'G') {
      return to - from;
    }
    for (int at = from; at <= to - 4; at++) {
      if (endsHead(buffer, at)) {
        return at + 4 - from;
      }
    }
    return -1;
  }

  static Target target(ByteBuf buffer) {
    int from = buffer.readerIndex();
    boolean get = buffer.getByte(from) == 'G';
    int path = from + (get ? "GET /" : "POST /").length();
    return switch (buffer.getByte(path)) {
      case 's' -> get ? Target.SMALL : Target.SINK;
      case 'e' -> Target.EVENTS;
      case 'b' -> Target.BYTES;
      default -> Target.UNKNOWN;
    };
  }

  /// Value of Content-Length; 0 without one.
  static long contentLength(ByteBuf buffer, int headLength) {
    String head =
        buffer
            .toString(buffer.readerIndex(), headLength, StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    int at = head.indexOf("\r\ncontent-length:");
    if (at < 0) {
      return 0;
    }
    int value = at + "\r\ncontent-length:".length();
    return Long.parseLong(head.substring(value, head.indexOf('\r', value)).strip());
  }

  private static boolean endsHead(ByteBuf buffer, int at) {
    return buffer.getInt(at) == 0x0d0a0d0a;
  }
}
