package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// Writes the head that goes to a replica: the client's own lines where they may pass, in one copy
/// per run of lines, and ours behind. Thread-safe: stateless.
public final class RequestEncoder {
  private static final byte[] VERSION_HOST = Octets.ascii(" HTTP/1.1\r\nHost: ");
  private static final byte[] CONTENT_LENGTH = Octets.ascii("\r\nContent-Length: ");
  private static final byte[] CHUNKED = Octets.ascii("\r\nTransfer-Encoding: chunked");
  private static final byte[] EXPECT = Octets.ascii("\r\nExpect: 100-continue");
  private static final byte[] UPGRADE =
      Octets.ascii("\r\nConnection: Upgrade\r\nUpgrade: websocket");
  private static final byte[] TRACEPARENT_NAME = Octets.ascii("traceparent");
  private static final byte[] TRACEPARENT = Octets.ascii("\r\ntraceparent: ");
  private static final byte[] REQUEST_ID = Octets.ascii("\r\nX-Request-Id: ");
  private static final byte[] VIA_END = Octets.ascii("\r\nVia: 1.1 fleetserve\r\n\r\n");
  private static final int ADDED = 384;

  private RequestEncoder() {}

  /// The same, with the client's `traceparent`, if any.
  public static ByteBuf encode(
      RequestHead head,
      ByteBufAllocator allocator,
      Peer peer,
      byte[] requestId,
      byte[] defaultHost) {
    return encode(head, allocator, peer, requestId, defaultHost, null);
  }

  /// Encodes the head that was parsed last.
  ///
  /// @param peer where it came from
  /// @param defaultHost for an HTTP/1.0 request without Host
  /// @param traceparent in place of the client's; null to pass on what the client sent
  /// @return a buffer that the caller owns
  public static ByteBuf encode(
      RequestHead head,
      ByteBufAllocator allocator,
      Peer peer,
      byte[] requestId,
      byte[] defaultHost,
      byte @Nullable [] traceparent) {
    HeaderFields fields = head.fields();
    if (traceparent != null) {
      fields.dropNamed(TRACEPARENT_NAME);
    }
    byte[] b = fields.bytes();
    RequestTarget target = head.target();
    int lines = fields.count() == 0 ? 0 : fields.lineEnd(fields.count() - 1);
    ByteBuf out = allocator.directBuffer(lines + target.end() + ADDED);
    String method = head.method();
    for (int i = 0; i < method.length(); i++) {
      out.writeByte(method.charAt(i));
    }
    out.writeByte(' ');
    if (target.start() < target.end()) {
      out.writeBytes(b, target.start(), target.end() - target.start());
    } else {
      out.writeByte(method.equals("OPTIONS") ? '*' : '/');
    }
    out.writeBytes(VERSION_HOST);
    int hostStart = out.writerIndex();
    host(out, head, defaultHost);
    int hostLength = out.writerIndex() - hostStart;
    if (head.isChunked()) {
      out.writeBytes(CHUNKED);
    } else if (head.contentLength() >= 0) {
      out.writeBytes(CONTENT_LENGTH);
      Decimals.write(out, head.contentLength());
    }
    if (head.expectsContinue()) {
      out.writeBytes(EXPECT);
    }
    if (head.isWebSocket()) {
      out.writeBytes(UPGRADE);
    }
    out.writeByte('\r').writeByte('\n');
    Runs.write(fields, out);
    // Every constant begins with CRLF: step back over the last one.
    out.writerIndex(out.writerIndex() - 2);
    ForwardedFields.write(out, fields, peer, hostStart, hostLength);
    if (traceparent != null) {
      out.writeBytes(TRACEPARENT).writeBytes(traceparent);
    }
    return out.writeBytes(REQUEST_ID).writeBytes(requestId).writeBytes(VIA_END);
  }

  private static void host(ByteBuf out, RequestHead head, byte[] defaultHost) {
    int host = head.hostField();
    if (host < 0) {
      out.writeBytes(defaultHost);
      return;
    }
    HeaderFields fields = head.fields();
    int start = fields.valueStart(host);
    out.writeBytes(fields.bytes(), start, fields.valueEnd(host) - start);
  }
}
