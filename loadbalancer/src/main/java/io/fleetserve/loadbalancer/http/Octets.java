package io.fleetserve.loadbalancer.http;

import java.nio.charset.StandardCharsets;

/// Character classes of RFC 9110 section 5.6.2 and RFC 9112, and comparisons on byte ranges.
/// Thread-safe: stateless.
public final class Octets {
  private static final boolean[] TOKEN = new boolean[256];
  private static final boolean[] VALUE = new boolean[256];
  private static final boolean[] TARGET = new boolean[256];
  private static final boolean[] HOST = new boolean[256];
  private static final byte[] HEX = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      TOKEN[c] = alnum || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
      VALUE[c] = c == '\t' || (c >= ' ' && c != 127);
      TARGET[c] = c > ' ' && c < 127 && c != '#' && c != '\\';
      HOST[c] = alnum || "-._~%!$&'()*+,;=".indexOf(c) >= 0;
      HEX[c] = (byte) (c < 128 ? Character.digit(c, 16) : -1);
    }
  }

  private Octets() {}

  /// `tchar` of RFC 9110.
  public static boolean isToken(byte b) {
    return TOKEN[b & 0xff];
  }

  /// What a field value may hold: visible characters, space, tab, obs-text.
  public static boolean isValue(byte b) {
    return VALUE[b & 0xff];
  }

  /// What a request target may hold: visible ASCII without `#` and backslash.
  static boolean isTarget(byte b) {
    return TARGET[b & 0xff];
  }

  /// What a reg-name of a Host may hold.
  static boolean isHost(byte b) {
    return HOST[b & 0xff];
  }

  /// Value of a hex digit; -1 for any other byte.
  static int hex(byte b) {
    return HEX[b & 0xff];
  }

  /// ASCII bytes of a constant.
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Text of a range, one character per byte.
  public static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /// Whether the range is `lower`, which is in lower case, without regard to case.
  static boolean is(byte[] bytes, int start, int end, byte[] lower) {
    if (end - start != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int c = bytes[start + i];
      if (c >= 'A' && c <= 'Z') {
        c |= 0x20;
      }
      if (c != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// Whether the two ranges are equal without regard to ASCII case.
  static boolean same(byte[] bytes, int start, int end, int otherStart, int otherEnd) {
    if (end - start != otherEnd - otherStart) {
      return false;
    }
    for (int i = 0; i < end - start; i++) {
      if (lower(bytes[start + i]) != lower(bytes[otherStart + i])) {
        return false;
      }
    }
    return true;
  }

  /// The byte, in lower case if it is an ASCII letter.
  public static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }
}
