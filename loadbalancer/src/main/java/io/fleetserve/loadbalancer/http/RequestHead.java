package io.fleetserve.loadbalancer.http;

import org.jspecify.annotations.Nullable;

/// A parsed request head: what a proxy has to know, and which lines it may forward.
///
/// Reused for every request of an event loop and valid only until the next parse. Every message
/// that two parsers could understand differently is refused (RFC 9112 section 11.2), so whatever
/// passes has one meaning.
public final class RequestHead {
  private static final byte[] CHUNKED = Octets.ascii("chunked");
  private static final byte[] CONTINUE = Octets.ascii("100-continue");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] VIA = Octets.ascii("via");
  private static final byte[] PSEUDONYM = Octets.ascii("fleetserve");
  // Several load balancers of ours in a row are legal.
  private static final int MAX_PASSES = 8;
  private static final int MAX_REQUEST_ID = 128;

  private final HeaderFields fields;
  private final int fieldBytes;
  private final ConnectionOptions options = new ConnectionOptions();
  private final RequestTarget target = new RequestTarget();
  private String method = "";
  private boolean targetRead;
  private int minor;
  private int host;
  private int requestId;
  private long contentLength;
  private boolean chunked;
  private boolean expectContinue;
  private boolean websocket;
  private int passes;

  /// @param limits of its fields; the whole is checked before it comes here
  public RequestHead(HeadLimits limits) {
    fields = new HeaderFields(limits.fields());
    fieldBytes = limits.fieldBytes();
  }

  /// Parses a whole head.
  ///
  /// @param b a head from the first byte of the request line to `length`, CRLF CRLF at the end
  /// @throws MalformedMessage with the status to answer
  public void parse(byte[] b, int length) {
    clear();
    host = -1;
    requestId = -1;
    contentLength = -1;
    chunked = false;
    expectContinue = false;
    websocket = false;
    passes = 0;
    options.clear();
    int i = requestLine(b);
    if (fields.parse(b, i, 400, 431) != length) {
      throw new MalformedMessage(400, "data behind the header fields");
    }
    for (int field = 0; field < fields.count(); field++) {
      read(b, field);
    }
    options.dropNamed(fields);
    finish(b);
  }

  /// Forgets the last head: [#method] and [#path] are empty until they are read again.
  public void clear() {
    method = "";
    targetRead = false;
  }

  private int requestLine(byte[] b) {
    int i = 0;
    while ((b[i] >= 'A' && b[i] <= 'Z') || isDigit(b[i]) || b[i] == '-') {
      i++;
    }
    if (i == 0 || i > 24 || b[i] != ' ') {
      throw new MalformedMessage(400, "invalid method");
    }
    method = Methods.name(b, i);
    if (method.equals("CONNECT") || method.equals("TRACE")) {
      throw new MalformedMessage(405, "method is not allowed");
    }
    int from = ++i;
    while (Octets.isTarget(b[i])) {
      i++;
    }
    if (b[i] != ' ') {
      throw new MalformedMessage(400, "invalid request target");
    }
    target.parse(b, from, i, method.equals("OPTIONS"));
    fields.use(b);
    targetRead = true;
    return version(b, i + 1);
  }

  private int version(byte[] b, int i) {
    boolean http =
        b[i] == 'H'
            && b[i + 1] == 'T'
            && b[i + 2] == 'T'
            && b[i + 3] == 'P'
            && b[i + 4] == '/'
            && isDigit(b[i + 5])
            && b[i + 6] == '.'
            && isDigit(b[i + 7])
            && b[i + 8] == '\r'
            && b[i + 9] == '\n';
    if (!http) {
      throw new MalformedMessage(400, "invalid protocol version");
    }
    minor = b[i + 7] - '0';
    if (b[i + 5] != '1' || minor > 1) {
      throw new MalformedMessage(505, "protocol version is not supported");
    }
    return i + 10;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private void read(byte[] b, int field) {
    int start = fields.valueStart(field);
    int end = fields.valueEnd(field);
    if (end - start > fieldBytes) {
      throw new MalformedMessage(431, "header field is too large");
    }
    switch (fields.kind(field)) {
      case HOST -> {
        once(host < 0, "more than one Host");
        RequestTarget.checkHost(b, start, end);
        host = field;
      }
      case CONTENT_LENGTH -> {
        once(contentLength < 0, "more than one Content-Length");
        contentLength = ContentLength.parse(b, start, end, 400);
        if (b[start] == '0' && end - start > 1) {
          // Octal for some.
          throw new MalformedMessage(400, "Content-Length with leading zeros");
        }
        fields.drop(field);
      }
      case TRANSFER_ENCODING -> {
        once(!chunked, "more than one Transfer-Encoding");
        chunked = true;
        checkChunked(b, start, end);
        fields.drop(field);
      }
      case CONNECTION -> {
        options.add(b, start, end, 400);
        fields.drop(field);
      }
      case UPGRADE -> {
        websocket |= Octets.is(b, start, end, WEBSOCKET);
        fields.drop(field);
      }
      case EXPECT -> {
        if (!Octets.is(b, start, end, CONTINUE)) {
          throw new MalformedMessage(417, "expectation cannot be met");
        }
        expectContinue = true;
        fields.drop(field);
      }
      case X_REQUEST_ID -> {
        if (requestId < 0 && isRequestId(b, start, end)) {
          requestId = field;
        }
        fields.drop(field);
      }
      case UNFORWARDED -> fields.drop(field);
      case DISGUISED -> throw new MalformedMessage(400, "header field name with underscore");
      case CONTENT_TYPE, COOKIE, AUTHORIZATION -> {}
      case OTHER -> countVia(b, field, start, end);
    }
  }

  /// RFC 9110 section 7.6.3: our own name in Via, again and again, is a loop.
  private void countVia(byte[] b, int field, int start, int end) {
    if (fields.nameEnd(field) - fields.nameStart(field) != VIA.length
        || !Octets.is(b, fields.nameStart(field), fields.nameEnd(field), VIA)) {
      return;
    }
    for (int i = start; i + PSEUDONYM.length <= end; i++) {
      if (Octets.is(b, i, i + PSEUDONYM.length, PSEUDONYM) && ++passes > MAX_PASSES) {
        throw new MalformedMessage(508, "the request came here too often");
      }
    }
  }

  private static void once(boolean first, String reason) {
    if (!first) {
      throw new MalformedMessage(400, reason);
    }
  }

  /// RFC 9112 section 6.1: only `chunked` is understood.
  private static void checkChunked(byte[] b, int start, int end) {
    if (Octets.is(b, start, end, CHUNKED)) {
      return;
    }
    int last = end;
    while (last > start && Octets.isToken(b[last - 1])) {
      last--;
    }
    int before = last;
    while (before > start && (b[before - 1] == ' ' || b[before - 1] == '\t')) {
      before--;
    }
    boolean known =
        Octets.is(b, last, end, CHUNKED)
            && before > start
            && b[before - 1] == ','
            && !Octets.text(b, start, before)
                .toLowerCase(java.util.Locale.ROOT)
                .contains("chunked");
    throw new MalformedMessage(known ? 501 : 400, "Transfer-Encoding is not supported");
  }

  private static boolean isRequestId(byte[] b, int start, int end) {
    if (start == end || end - start > MAX_REQUEST_ID) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!Octets.isToken(b[i]) && b[i] != ':' && b[i] != '/' && b[i] != '=' && b[i] != '@') {
        return false;
      }
    }
    return true;
  }

  private void finish(byte[] b) {
    if (host < 0 && minor == 1) {
      throw new MalformedMessage(400, "no Host");
    }
    if (host >= 0) {
      target.checkAgrees(b, fields.valueStart(host), fields.valueEnd(host));
      fields.drop(host);
    }
    if (chunked && (contentLength >= 0 || minor == 0)) {
      throw new MalformedMessage(400, "ambiguous message length");
    }
    if (hasBody() && (isHead() || method.equals("GET"))) {
      // RFC 9110 section 9.3.1: a way to smuggle past servers that ignore such a body.
      throw new MalformedMessage(400, "GET or HEAD with a body");
    }
    expectContinue &= minor == 1 && (chunked || contentLength > 0);
    websocket &=
        options.upgrade() && minor == 1 && method.equals("GET") && !chunked && contentLength <= 0;
  }

  /// The method, case-sensitive; empty when the head could not be read that far.
  public String method() {
    return method;
  }

  /// Whether the answer has no body whatever its head says.
  public boolean isHead() {
    return method.equals("HEAD");
  }

  /// RFC 9110 section 9.2.2.
  public boolean isIdempotent() {
    return Methods.isIdempotent(method);
  }

  /// 0 for HTTP/1.0, 1 for HTTP/1.1.
  public int minorVersion() {
    return minor;
  }

  /// Length of the body; -1 when the head does not say.
  public long contentLength() {
    return contentLength;
  }

  public boolean isChunked() {
    return chunked;
  }

  public boolean hasBody() {
    return chunked || contentLength > 0;
  }

  /// The client waits for 100 (Continue) before it sends the body.
  public boolean expectsContinue() {
    return expectContinue;
  }

  /// A WebSocket handshake, RFC 6455 section 4.1: the only upgrade that is forwarded.
  public boolean isWebSocket() {
    return websocket;
  }

  /// Whether the client lets the connection live on.
  public boolean keepAlive() {
    return !options.close() && (minor == 1 || options.keepAlive());
  }

  /// Value of Host as it was sent; null when an HTTP/1.0 request has none.
  public @Nullable String host() {
    return host < 0 ? null : fields.value(host);
  }

  /// The client's request id; null when there is none that may be kept.
  public @Nullable String requestId() {
    return requestId < 0 ? null : fields.value(requestId);
  }

  /// Path without the query, at most `max` characters; empty when the head could not be read that
  /// far.
  public String path(int max) {
    if (!targetRead) {
      return "";
    }
    byte[] b = fields.bytes();
    int end = target.start();
    int limit = Math.min(target.end(), target.start() + max);
    while (end < limit && b[end] != '?') {
      end++;
    }
    return end == target.start() ? "/" : Octets.text(b, target.start(), end);
  }

  /// Value of the first field with a name; null when there is none.
  ///
  /// @param lower the name in lower case
  public @Nullable String field(byte[] lower) {
    int field = fields.find(lower);
    return field < 0 ? null : fields.value(field);
  }

  /// Value of the first cookie with a name, which is case-sensitive; null when there is none.
  public @Nullable String cookie(String name) {
    for (int field = 0; field < fields.count(); field++) {
      if (fields.kind(field) == KnownField.COOKIE) {
        String value = Cookies.find(fields.value(field), name);
        if (value != null) {
          return value;
        }
      }
    }
    return null;
  }

  HeaderFields fields() {
    return fields;
  }

  RequestTarget target() {
    return target;
  }

  int hostField() {
    return host;
  }
}
