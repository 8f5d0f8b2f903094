package io.fleetserve.loadbalancer.http2;

import io.fleetserve.loadbalancer.http.MalformedMessage;
import io.fleetserve.loadbalancer.http.Octets;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Writes the fields of an HTTP/2 request as the head of an HTTP/1.1 request, for the parser that
/// checks every request. Reused; confined to one event loop.
///
/// What RFC 9113 section 8 forbids and what could end a line early is refused here, so that the
/// text has exactly the lines that the fields say: a downgrade must not let anything in that could
/// not come over HTTP/1.1. `Cookie` fields are joined (section 8.2.3), `Host` gives way to
/// `:authority` (section 8.3.1), an extended CONNECT becomes a WebSocket handshake (RFC 8441).
public final class RequestText {
  private static final int MALFORMED = 400;
  private static final String VERSION = " HTTP/1.1\r\nHost: ";

  private final byte[] out;
  private int length;
  private @Nullable AsciiString method;
  private @Nullable AsciiString path;
  private @Nullable AsciiString scheme;
  private @Nullable AsciiString authority;
  private @Nullable AsciiString protocol;
  private @Nullable AsciiString host;
  private @Nullable StringBuilder cookies;
  private boolean lengthGiven;

  /// @param out where heads are written
  public RequestText(byte[] out) {
    this.out = out;
  }

  /// Writes one head; returns its length.
  ///
  /// @param bodiless the stream ended with the fields
  /// @throws MalformedMessage with status 400 when the stream is to be reset, with any other status
  ///   when that is the answer
  public int write(Http2Headers fields, boolean bodiless) {
    clear();
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      look(AsciiString.of(field.getKey()), AsciiString.of(field.getValue()));
    }
    start(bodiless);
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      copy(AsciiString.of(field.getKey()), AsciiString.of(field.getValue()));
    }
    if (cookies != null) {
      put("cookie: ").put(AsciiString.of(cookies)).put("\r\n");
    }
    put("\r\n");
    return length;
  }

  private void clear() {
    length = 0;
    method = null;
    path = null;
    scheme = null;
    authority = null;
    protocol = null;
    host = null;
    cookies = null;
    lengthGiven = false;
  }

  private void look(AsciiString name, AsciiString value) {
    if (name.isEmpty()) {
      throw new MalformedMessage(MALFORMED, "empty field name");
    }
    for (int i = 0; i < value.length(); i++) {
      if (!Octets.isValue(value.byteAt(i))) {
        throw new MalformedMessage(MALFORMED, "control character in a field value");
      }
    }
    if (name.byteAt(0) == ':') {
      pseudo(name, value);
      return;
    }
    for (int i = 0; i < name.length(); i++) {
      byte b = name.byteAt(i);
      if (!Octets.isToken(b) || (b >= 'A' && b <= 'Z')) {
        throw new MalformedMessage(MALFORMED, "invalid field name");
      }
    }
    switch (name.toString()) {
      case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" ->
          throw new MalformedMessage(MALFORMED, "connection-specific field");
      case "te" -> {
        if (!value.contentEqualsIgnoreCase("trailers")) {
          throw new MalformedMessage(MALFORMED, "connection-specific field");
        }
      }
      case "host" -> host = once(host, value);
      case "content-length" -> lengthGiven = true;
      case "cookie" -> {
        StringBuilder joined = cookies;
        if (joined == null) {
          cookies = new StringBuilder(value);
        } else {
          joined.append("; ").append(value);
        }
      }
      default -> {}
    }
  }

  private void pseudo(AsciiString name, AsciiString value) {
    switch (name.toString()) {
      case ":method" -> method = once(method, value);
      case ":path" -> path = once(path, value);
      case ":scheme" -> scheme = once(scheme, value);
      case ":authority" -> authority = once(authority, value);
      case ":protocol" -> protocol = once(protocol, value);
      default -> throw new MalformedMessage(MALFORMED, "unknown pseudo-header field");
    }
  }

  private static AsciiString once(@Nullable AsciiString before, AsciiString value) {
    if (before != null) {
      throw new MalformedMessage(MALFORMED, "field that may come once came twice");
    }
    return value;
  }

  private void start(boolean bodiless) {
    AsciiString verb = required(method);
    boolean connect = verb.contentEquals("CONNECT");
    if (protocol != null) {
      if (!connect || bodiless) {
        throw new MalformedMessage(MALFORMED, "misplaced :protocol");
      }
      if (!protocol.contentEqualsIgnoreCase("websocket")) {
        throw new MalformedMessage(501, "protocol is not supported");
      }
      verb = AsciiString.cached("GET");
    } else if (connect) {
      throw new MalformedMessage(405, "method is not allowed");
    }
    for (int i = 0; i < verb.length(); i++) {
      if (!Octets.isToken(verb.byteAt(i))) {
        throw new MalformedMessage(MALFORMED, "invalid method");
      }
    }
    AsciiString by = required(scheme);
    if (!by.contentEqualsIgnoreCase("http") && !by.contentEqualsIgnoreCase("https")) {
      throw new MalformedMessage(MALFORMED, "unknown scheme");
    }
    AsciiString to = authority == null ? host : authority;
    if (to == null) {
      throw new MalformedMessage(MALFORMED, "no authority");
    }
    if (host != null && !host.contentEqualsIgnoreCase(to)) {
      throw new MalformedMessage(MALFORMED, "authority and Host differ");
    }
    put(verb).put(" ").put(required(path)).put(VERSION).put(to).put("\r\n");
    if (protocol != null) {
      put("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ").put(key());
      put("\r\n");
    } else if (!bodiless && !lengthGiven) {
      put("Transfer-Encoding: chunked\r\n");
    } else if (bodiless && !lengthGiven && expectsContent(verb)) {
      put("Content-Length: 0\r\n");
    }
  }

  private static AsciiString required(@Nullable AsciiString value) {
    if (value == null || value.isEmpty()) {
      throw new MalformedMessage(MALFORMED, "missing pseudo-header field");
    }
    return value;
  }

  /// RFC 9110 section 8.6: without a length, a body would be expected.
  private static boolean expectsContent(AsciiString method) {
    return method.contentEquals("POST")
        || method.contentEquals("PUT")
        || method.contentEquals("PATCH");
  }

  /// The key proves to a client that the server speaks WebSocket; HTTP/2 has another way for that.
  private static String key() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  private void copy(AsciiString name, AsciiString value) {
    if (name.byteAt(0) == ':'
        || name.contentEquals("te")
        || name.contentEquals("host")
        || name.contentEquals("cookie")
        || (protocol != null && name.contentEquals("sec-websocket-key"))) {
      return;
    }
    put(name).put(": ").put(value).put("\r\n");
  }

  private RequestText put(AsciiString text) {
    if (length + text.length() > out.length) {
      throw new MalformedMessage(431, "header fields are too large");
    }
    text.copy(0, out, length, text.length());
    length += text.length();
    return this;
  }

  private RequestText put(String text) {
    return put(AsciiString.of(text));
  }
}
