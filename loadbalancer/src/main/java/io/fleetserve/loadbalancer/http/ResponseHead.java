package io.fleetserve.loadbalancer.http;

/// A parsed response head. Reused for every response of an event loop and valid only until the next
/// parse. A head that cannot be trusted is refused with status 502.
public final class ResponseHead {
  private static final byte[] CHUNKED = Octets.ascii("chunked");
  private static final byte[] EVENT_STREAM = Octets.ascii("text/event-stream");
  private static final byte[] JSON = Octets.ascii("application/json");
  private static final byte[] CONTENT_TYPE = Octets.ascii("content-type");
  private static final byte[] CONTENT_ENCODING = Octets.ascii("content-encoding");

  private final HeaderFields fields = new HeaderFields(HeadLimits.DEFAULT.fields());
  private final ConnectionOptions options = new ConnectionOptions();
  private int minor;
  private int status;
  private int reasonStart;
  private int reasonEnd;
  private long contentLength;
  private boolean chunked;
  private boolean ambiguous;
  private boolean eventStream;
  private boolean requestId;

  /// Parses a whole head.
  ///
  /// @param b a head from its first byte to `length`, CRLF CRLF at the end
  /// @throws MalformedMessage with status 502
  public void parse(byte[] b, int length) {
    contentLength = -1;
    chunked = false;
    ambiguous = false;
    eventStream = false;
    requestId = false;
    options.clear();
    int i = statusLine(b);
    if (fields.parse(b, i, 502, 502) != length) {
      throw new MalformedMessage(502, "data behind the header fields");
    }
    for (int field = 0; field < fields.count(); field++) {
      read(b, field);
    }
    options.dropNamed(fields);
    finish();
  }

  private int statusLine(byte[] b) {
    boolean valid =
        b[0] == 'H'
            && b[1] == 'T'
            && b[2] == 'T'
            && b[3] == 'P'
            && b[4] == '/'
            && b[5] == '1'
            && b[6] == '.'
            && (b[7] == '0' || b[7] == '1')
            && b[8] == ' '
            && b[9] >= '1'
            && b[9] <= '5'
            && b[10] >= '0'
            && b[10] <= '9'
            && b[11] >= '0'
            && b[11] <= '9'
            && (b[12] == ' ' || b[12] == '\r');
    if (!valid) {
      throw new MalformedMessage(502, "invalid status line");
    }
    minor = b[7] - '0';
    status = (b[9] - '0') * 100 + (b[10] - '0') * 10 + (b[11] - '0');
    int i = b[12] == ' ' ? 13 : 12;
    reasonStart = i;
    while (Octets.isValue(b[i])) {
      i++;
    }
    reasonEnd = i;
    if (b[i] != '\r' || b[i + 1] != '\n') {
      throw new MalformedMessage(502, "invalid status line");
    }
    return i + 2;
  }

  private void read(byte[] b, int field) {
    int start = fields.valueStart(field);
    int end = fields.valueEnd(field);
    switch (fields.kind(field)) {
      case CONTENT_LENGTH -> {
        long length = ContentLength.parse(b, start, end, 502);
        if (contentLength >= 0 && contentLength != length) {
          throw new MalformedMessage(502, "more than one Content-Length");
        }
        contentLength = length;
        fields.drop(field);
      }
      case TRANSFER_ENCODING -> {
        if (chunked || minor == 0 || !Octets.is(b, start, end, CHUNKED)) {
          throw new MalformedMessage(502, "Transfer-Encoding is not supported");
        }
        chunked = true;
        fields.drop(field);
      }
      case CONNECTION -> {
        options.add(b, start, end, 502);
        fields.drop(field);
      }
      case CONTENT_TYPE ->
          eventStream =
              end - start >= EVENT_STREAM.length
                  && Octets.is(b, start, start + EVENT_STREAM.length, EVENT_STREAM);
      case X_REQUEST_ID -> requestId = true;
      case UPGRADE, UNFORWARDED -> fields.drop(field);
      case DISGUISED, HOST -> fields.drop(field);
      case EXPECT, COOKIE, AUTHORIZATION, OTHER -> {}
    }
  }

  private void finish() {
    if (chunked && contentLength >= 0) {
      ambiguous = true;
      contentLength = -1;
    }
  }

  public int status() {
    return status;
  }

  /// 1xx, RFC 9110 section 15.2.
  public boolean isInterim() {
    return status < 200;
  }

  /// Length of the body; -1 when the head does not say.
  public long contentLength() {
    return contentLength;
  }

  public boolean isChunked() {
    return chunked;
  }

  /// Whether an answer with this status has no body, RFC 9110 section 6.4.1.
  public boolean isBodiless(boolean answersHead) {
    return answersHead || status < 200 || status == 204 || status == 304;
  }

  /// `text/event-stream`: some servers close the connection behind it without saying so.
  public boolean isEventStream() {
    return eventStream;
  }

  /// `application/json`, whatever its parameters. Looks for it anew each time.
  public boolean isJson() {
    int at = fields.find(CONTENT_TYPE);
    return at >= 0
        && fields.valueEnd(at) - fields.valueStart(at) >= JSON.length
        && Octets.is(
            fields.bytes(), fields.valueStart(at), fields.valueStart(at) + JSON.length, JSON);
  }

  /// Whether the body is compressed. Looks for it anew each time.
  public boolean isEncoded() {
    return fields.find(CONTENT_ENCODING) >= 0;
  }

  /// Whether the replica lets the connection live on and its end is beyond doubt.
  public boolean keepAlive() {
    return !options.close() && !ambiguous && (minor == 1 || options.keepAlive());
  }

  /// Whether the answer carries its own request id.
  public boolean hasRequestId() {
    return requestId;
  }

  /// The fields; what only framing and the connection need is left out.
  public HeaderFields fields() {
    return fields;
  }

  int reasonStart() {
    return reasonStart;
  }

  int reasonEnd() {
    return reasonEnd;
  }
}
