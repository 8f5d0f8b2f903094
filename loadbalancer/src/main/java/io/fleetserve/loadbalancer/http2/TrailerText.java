package io.fleetserve.loadbalancer.http2;

import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.TrailerSection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;

/// Writes the trailer fields of a stream as an HTTP/1.1 trailer section. Thread-safe: stateless.
public final class TrailerText {
  private TrailerText() {}

  /// The section, from which fields that must not be forwarded are left out when it is used.
  ///
  /// @param badStatus status of the exception
  /// @throws MalformedMessage for a pseudo-header field (RFC 9113 section 8.1), or what could end a
  ///   line early
  public static TrailerSection of(Http2Headers fields, ByteBufAllocator allocator, int badStatus) {
    ByteBuf lines = allocator.buffer(256);
    try {
      for (Map.Entry<CharSequence, CharSequence> field : fields) {
        AsciiString name = AsciiString.of(field.getKey());
        AsciiString value = AsciiString.of(field.getValue());
        for (int i = 0; i < name.length(); i++) {
          if (!Octets.isToken(name.byteAt(i))) {
            throw new MalformedMessage(badStatus, "invalid trailer field name");
          }
        }
        for (int i = 0; i < value.length(); i++) {
          if (!Octets.isValue(value.byteAt(i))) {
            throw new MalformedMessage(badStatus, "control character in a trailer field");
          }
        }
        lines.writeBytes(name.array(), name.arrayOffset(), name.length());
        lines.writeByte(':').writeByte(' ');
        lines.writeBytes(value.array(), value.arrayOffset(), value.length());
        lines.writeByte('\r').writeByte('\n');
      }
      lines.writeByte('\r').writeByte('\n');
      TrailerSection section = new TrailerSection(badStatus);
      section.read(lines);
      return section;
    } finally {
      lines.release();
    }
  }
}
