package io.fleetserve.loadbalancer.http;

/// `Content-Length`, RFC 9110 section 8.6. Thread-safe: stateless.
final class ContentLength {
  private static final int MAX_DIGITS = 18;

  private ContentLength() {}

  /// Parses digits only: no sign, no list, no space inside, at most 18 of them.
  static long parse(byte[] b, int start, int end, int badStatus) {
    if (start == end || end - start > MAX_DIGITS) {
      throw new MalformedMessage(badStatus, "invalid Content-Length");
    }
    long length = 0;
    for (int i = start; i < end; i++) {
      if (b[i] < '0' || b[i] > '9') {
        throw new MalformedMessage(badStatus, "invalid Content-Length");
      }
      length = length * 10 + (b[i] - '0');
    }
    return length;
  }
}
