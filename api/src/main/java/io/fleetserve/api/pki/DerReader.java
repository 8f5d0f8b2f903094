package io.fleetserve.api.pki;

import java.util.Arrays;

/// Reads the elements of a DER text one after the other. What is cut off, or longer than it says,
/// is an [IllegalArgumentException]. Confined to one thread.
final class DerReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  DerReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private DerReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /// The next element whole, tag and length included.
  byte[] encoded(int tag) {
    int start = at;
    int stop = skip(tag);
    return Arrays.copyOfRange(bytes, start, stop);
  }

  /// A reader of what is inside the next element.
  DerReader inside(int tag) {
    int stop = skip(tag);
    return new DerReader(bytes, content, stop);
  }

  /// What is inside the next element.
  byte[] content(int tag) {
    int stop = skip(tag);
    return Arrays.copyOfRange(bytes, content, stop);
  }

  boolean atEnd() {
    return at == end;
  }

  private int content;

  /// Moves behind the next element and notes where its content begins.
  private int skip(int tag) {
    if (end - at < 2 || (bytes[at] & 0xff) != tag) {
      throw new IllegalArgumentException(
          "DER: %s at %d (expected: tag %#x)"
              .formatted(at < end ? "tag %#x".formatted(bytes[at]) : "the end", at, tag));
    }
    int length = bytes[at + 1] & 0xff;
    int from = at + 2;
    if (length >= 0x80) {
      int digits = length & 0x7f;
      if (digits == 0 || digits > 3 || end - from < digits) {
        throw new IllegalArgumentException("DER: length at " + at + " (expected: below 2^24)");
      }
      length = 0;
      for (int i = 0; i < digits; i++) {
        length = (length << 8) | (bytes[from + i] & 0xff);
      }
      from += digits;
    }
    if (length > end - from) {
      throw new IllegalArgumentException("DER: cut off at " + at);
    }
    content = from;
    at = from + length;
    return at;
  }
}
