package io.fleetserve.benchmarks.load.client;

import java.nio.charset.StandardCharsets;

/// A view of the bytes of one answer's head; valid until the bytes change.
final class ResponseHead {
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CODING = "transfer-encoding:".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;
  private final int length;

  ResponseHead(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  int status() {
    return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
  }

  boolean isChunked() {
    return valueOf(CODING) >= 0;
  }

  /// Value of Content-Length; 0 without one.
  long contentLength() {
    int at = valueOf(LENGTH);
    if (at < 0) {
      return 0;
    }
    while (bytes[at] == ' ') {
      at++;
    }
    long value = 0;
    for (; bytes[at] >= '0' && bytes[at] <= '9'; at++) {
      value = value * 10 + bytes[at] - '0';
    }
    return value;
  }

  /// Index after the colon of the field; -1 without it.
  private int valueOf(byte[] lowerCaseName) {
    for (int at = 1; at < length - lowerCaseName.length; at++) {
      if (bytes[at - 1] == '\n' && startsWith(at, lowerCaseName)) {
        return at + lowerCaseName.length;
      }
    }
    return -1;
  }

  private boolean startsWith(int at, byte[] lowerCaseName) {
    for (int i = 0; i < lowerCaseName.length; i++) {
      if ((bytes[at + i] | 0x20) != (lowerCaseName[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }
}
