package io.fleetserve.api.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/// Writes DER (ITU-T X.690), definite lengths only. Pure.
public final class Der {
  public static final int SEQUENCE = 0x30;
  public static final int BIT_STRING = 0x03;
  static final int INTEGER = 0x02;
  static final int OBJECT_ID = 0x06;

  /// The first year that X.509 writes with four digits (RFC 5280 4.1.2.5).
  private static final int LONG_YEARS = 2050;

  private Der() {}

  /// One element.
  ///
  /// @param tag identifier octet, below 31
  public static byte[] element(int tag, byte[]... content) {
    int length = 0;
    for (byte[] part : content) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = unsigned(length);
      out.write(0x80 | digits.length);
      out.writeBytes(digits);
    }
    for (byte[] part : content) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] unsigned(int number) {
    int size = number < 1 << 8 ? 1 : number < 1 << 16 ? 2 : number < 1 << 24 ? 3 : 4;
    byte[] digits = new byte[size];
    for (int i = 0; i < size; i++) {
      digits[i] = (byte) (number >>> (8 * (size - 1 - i)));
    }
    return digits;
  }

  public static byte[] sequence(byte[]... members) {
    return element(SEQUENCE, members);
  }

  /// A set of one member; larger ones would have to be sorted.
  public static byte[] set(byte[] member) {
    return element(0x31, member);
  }

  public static byte[] integer(BigInteger number) {
    return element(INTEGER, number.toByteArray());
  }

  public static byte[] bool(boolean value) {
    return element(0x01, new byte[] {(byte) (value ? 0xff : 0)});
  }

  /// A bit string.
  ///
  /// @param unusedBits of the last octet, 0..7
  public static byte[] bitString(int unusedBits, byte[] bits) {
    return element(BIT_STRING, new byte[] {(byte) unusedBits}, bits);
  }

  public static byte[] octetString(byte[] octets) {
    return element(0x04, octets);
  }

  public static byte[] utf8(String text) {
    return element(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  /// An element with a tag of the surrounding structure, `[number] EXPLICIT`.
  public static byte[] explicit(int number, byte[]... content) {
    return element(0xa0 | number, content);
  }

  /// An object identifier.
  ///
  /// @param dotted for example `2.5.4.3`
  public static byte[] objectId(String dotted) {
    List<Long> arcs = Stream.of(dotted.split("\\.", -1)).map(Long::valueOf).toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    base128(out, arcs.get(0) * 40 + arcs.get(1));
    arcs.stream().skip(2).forEach(arc -> base128(out, arc));
    return element(OBJECT_ID, out.toByteArray());
  }

  private static void base128(ByteArrayOutputStream out, long arc) {
    int shift = 0;
    while (arc >>> (shift + 7) != 0) {
      shift += 7;
    }
    for (; shift >= 0; shift -= 7) {
      out.write((int) ((arc >>> shift) & 0x7f) | (shift == 0 ? 0 : 0x80));
    }
  }

  /// A moment, to the second, in the form that X.509 wants for its year.
  public static byte[] time(Instant moment) {
    ZonedDateTime utc = moment.atZone(ZoneOffset.UTC);
    boolean longYear = utc.getYear() >= LONG_YEARS;
    String text =
        DateTimeFormatter.ofPattern(longYear ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'").format(utc);
    return element(longYear ? 0x18 : 0x17, text.getBytes(StandardCharsets.US_ASCII));
  }
}
