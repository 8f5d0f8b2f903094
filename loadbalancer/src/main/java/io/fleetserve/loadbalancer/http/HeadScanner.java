package io.fleetserve.loadbalancer.http;

import io.netty.buffer.ByteBuf;

/// Finds the end of a head in bytes that arrive piece by piece; looks at each byte once.
///
/// Confined to one event loop. Remembers positions relative to the reader index, which must not
/// move between calls for the same head.
public final class HeadScanner {
  private final HeadLimits limits;
  private final int lineStatus;
  private final int headStatus;
  private final int badStatus;
  private int scanned;
  private int lineStart;

  private HeadScanner(HeadLimits limits, int lineStatus, int headStatus, int badStatus) {
    this.limits = limits;
    this.lineStatus = lineStatus;
    this.headStatus = headStatus;
    this.badStatus = badStatus;
  }

  /// For requests: 414, 431 and 400 (RFC 9110 section 4.1, RFC 6585 section 5).
  public static HeadScanner ofRequests(HeadLimits limits) {
    return new HeadScanner(limits, 414, 431, 400);
  }

  /// For responses: everything is a 502.
  public static HeadScanner ofResponses() {
    return new HeadScanner(HeadLimits.DEFAULT, 502, 502, 502);
  }

  /// Length of the head from the reader index, its empty line included; -1 when more is needed.
  ///
  /// @throws MalformedMessage for a line that ends with a bare LF or a head above the limits
  public int scan(ByteBuf in) {
    int base = in.readerIndex();
    int end = in.writerIndex();
    int from = base + scanned;
    while (from < end) {
      int lf = in.indexOf(from, end, (byte) '\n');
      if (lf < 0) {
        break;
      }
      if (lf == base || in.getByte(lf - 1) != '\r') {
        throw new MalformedMessage(badStatus, "line that does not end with CRLF");
      }
      if (lf - 1 == base + lineStart) {
        reset();
        return checked(lf + 1 - base);
      }
      if (lineStart == 0 && lf - base > limits.lineBytes()) {
        throw new MalformedMessage(lineStatus, "start line is too long");
      }
      lineStart = lf + 1 - base;
      from = lf + 1;
    }
    scanned = end - base;
    if (lineStart == 0 && scanned > limits.lineBytes()) {
      throw new MalformedMessage(lineStatus, "start line is too long");
    }
    checked(scanned);
    return -1;
  }

  private int checked(int length) {
    if (length > limits.bytes()) {
      throw new MalformedMessage(headStatus, "header fields are too large");
    }
    return length;
  }

  /// Starts over with the next head.
  public void reset() {
    scanned = 0;
    lineStart = 0;
  }
}
