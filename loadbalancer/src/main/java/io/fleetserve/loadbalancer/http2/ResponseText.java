package io.fleetserve.loadbalancer.http2;

import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the fields of an HTTP/2 response as the head of an HTTP/1.1 response, for the parser that
/// checks every response. Reused; confined to one event loop.
public final class ResponseText {
  private static final int MALFORMED = 502;

  private final byte[] out;
  private int length;

  /// @param out where heads are written
  public ResponseText(byte[] out) {
    this.out = out;
  }

  /// Status of a head; 0 if it has none that is valid.
  public static int status(Http2Headers fields) {
    CharSequence text = fields.status();
    if (text == null || text.length() != 3) {
      return 0;
    }
    int status = 0;
    for (int i = 0; i < 3; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return 0;
      }
      status = status * 10 + (c - '0');
    }
    return status;
  }

  /// Writes one head; returns its length.
  ///
  /// @param framing a field line that says how long the body is; null when the fields say it or
  ///   there is none
  /// @throws MalformedMessage with status 502 for what RFC 9113 section 8 forbids
  public int write(Http2Headers fields, @Nullable String framing) {
    length = 0;
    int status = status(fields);
    if (status < 100 || status == 101) {
      throw new MalformedMessage(MALFORMED, "invalid status");
    }
    put(AsciiString.of("HTTP/1.1 " + status + " \r\n"));
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      AsciiString name = AsciiString.of(field.getKey());
      if (!name.contentEquals(":status")) {
        line(name, AsciiString.of(field.getValue()));
      }
    }
    if (framing != null) {
      put(AsciiString.of(framing));
    }
    put(AsciiString.of("\r\n"));
    return length;
  }

  private void line(AsciiString name, AsciiString value) {
    for (int i = 0; i < name.length(); i++) {
      if (!Octets.isToken(name.byteAt(i))) {
        throw new MalformedMessage(MALFORMED, "invalid field name");
      }
    }
    for (int i = 0; i < value.length(); i++) {
      if (!Octets.isValue(value.byteAt(i))) {
        throw new MalformedMessage(MALFORMED, "control character in a field value");
      }
    }
    if (name.contentEquals("transfer-encoding") || name.contentEquals("connection")) {
      throw new MalformedMessage(MALFORMED, "connection-specific field");
    }
    put(name);
    put(AsciiString.of(": "));
    put(value);
    put(AsciiString.of("\r\n"));
  }

  private void put(AsciiString text) {
    if (length + text.length() > out.length) {
      throw new MalformedMessage(MALFORMED, "header fields are too large");
    }
    text.copy(0, out, length, text.length());
    length += text.length();
  }
}
