package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// Writes the head that goes to the client. Thread-safe: stateless.
public final class ResponseEncoder {
  private static final byte[] VERSION = Octets.ascii("HTTP/1.1 ");
  private static final byte[] CONTENT_LENGTH = Octets.ascii("Content-Length: ");
  private static final byte[] CHUNKED = Octets.ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = Octets.ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Octets.ascii("Connection: keep-alive\r\n");
  private static final byte[] UPGRADE =
      Octets.ascii("Connection: Upgrade\r\nUpgrade: websocket\r\n");
  private static final byte[] REQUEST_ID = Octets.ascii("X-Request-Id: ");
  private static final byte[] VIA_END = Octets.ascii("Via: 1.1 fleetserve\r\n\r\n");
  private static final int ADDED = 256;

  /// How the client learns where the connection goes from here.
  public enum Persistence {
    /// HTTP/1.1 without a word.
    DEFAULT,
    KEEP_ALIVE,
    CLOSE,
    /// 101: no HTTP any more.
    UPGRADE
  }

  private ResponseEncoder() {}

  /// Encodes the head that was parsed last.
  ///
  /// @param chunked whether the body goes to the client in chunks
  /// @param room bytes to leave free for a small body behind the head
  /// @return a buffer that the caller owns
  public static ByteBuf encode(
      ResponseHead head,
      ByteBufAllocator allocator,
      byte[] requestId,
      Persistence persistence,
      boolean chunked,
      int room) {
    HeaderFields fields = head.fields();
    int lines = fields.count() == 0 ? 64 : fields.lineEnd(fields.count() - 1);
    ByteBuf out = allocator.directBuffer(lines + ADDED + room);
    out.writeBytes(VERSION);
    Decimals.write(out, head.status());
    out.writeByte(' ');
    out.writeBytes(fields.bytes(), head.reasonStart(), head.reasonEnd() - head.reasonStart());
    out.writeByte('\r').writeByte('\n');
    Runs.write(fields, out);
    if (head.status() >= 200 && head.status() != 204) {
      if (chunked) {
        out.writeBytes(CHUNKED);
      } else if (head.contentLength() >= 0) {
        out.writeBytes(CONTENT_LENGTH);
        Decimals.write(out, head.contentLength());
        out.writeByte('\r').writeByte('\n');
      }
    }
    switch (persistence) {
      case DEFAULT -> {}
      case KEEP_ALIVE -> out.writeBytes(KEEP_ALIVE);
      case CLOSE -> out.writeBytes(CLOSE);
      case UPGRADE -> out.writeBytes(UPGRADE);
    }
    if (!head.hasRequestId() && !head.isInterim()) {
      out.writeBytes(REQUEST_ID).writeBytes(requestId).writeByte('\r').writeByte('\n');
    }
    return out.writeBytes(VIA_END);
  }
}
