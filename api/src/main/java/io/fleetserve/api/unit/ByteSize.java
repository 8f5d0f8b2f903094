package io.fleetserve.api.unit;

import static io.fleetserve.api.unit.Checks.check;

import java.math.BigDecimal;
import java.util.Locale;

/// A number of bytes.
///
/// @param bytes >= 0
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final String RULE = "a size such as 64MiB, 4GB or 1024";
  private static final String PREFIXES = "KMGTP";

  public ByteSize {
    check(bytes >= 0, "bytes", bytes, ">= 0");
  }

  /// So many mebibytes.
  public static ByteSize mebibytes(long count) {
    return new ByteSize(Math.multiplyExact(count, 1L << 20));
  }

  /// Reads `64MiB`, `4GB`, `1.5 GiB`, `512B` or `1024`: KB, MB, GB, TB, PB are powers of 1000, KiB,
  /// MiB, GiB, TiB, PiB of 1024; case does not matter.
  ///
  /// @throws IllegalArgumentException for anything else, and beyond 2^63 - 1 bytes
  public static ByteSize parse(String text) {
    String trimmed = text.strip();
    int end = 0;
    while (end < trimmed.length() && isNumberPart(trimmed.charAt(end))) {
      end++;
    }
    check(end > 0 && end <= 30, "size", text, RULE);
    long unit = unit(trimmed.substring(end).strip().toUpperCase(Locale.ROOT));
    check(unit > 0, "size", text, RULE);
    try {
      BigDecimal bytes = new BigDecimal(trimmed.substring(0, end)).multiply(new BigDecimal(unit));
      return new ByteSize(bytes.toBigInteger().longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("size: " + text + " (expected: below 8 EiB)", e);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("size: " + text + " (expected: " + RULE + ")", e);
    }
  }

  private static boolean isNumberPart(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  /// Bytes of a unit in upper case; 0 when there is no such unit.
  private static long unit(String name) {
    if (name.isEmpty() || name.equals("B")) {
      return 1;
    }
    int power = PREFIXES.indexOf(name.charAt(0)) + 1;
    if (power == 0) {
      return 0;
    }
    return switch (name.substring(1)) {
      case "B" -> power(1000, power);
      case "IB" -> power(1024, power);
      default -> 0;
    };
  }

  private static long power(long base, int exponent) {
    long result = 1;
    for (int i = 0; i < exponent; i++) {
      result *= base;
    }
    return result;
  }

  /// For people: `1.4 GiB`, rounded to one decimal; exact below 1 KiB.
  public String human() {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int power = Math.min(PREFIXES.length(), (63 - Long.numberOfLeadingZeros(bytes)) / 10);
    double value = (double) bytes / power(1024, power);
    return String.format(Locale.ROOT, "%.1f %ciB", value, PREFIXES.charAt(power - 1));
  }

  /// Exact and readable by [#parse(String)]: `64MiB`, `4000B`.
  @Override
  public String toString() {
    int power =
        bytes == 0 ? 0 : Math.min(PREFIXES.length(), Long.numberOfTrailingZeros(bytes) / 10);
    return power == 0
        ? bytes + "B"
        : bytes / power(1024, power) + "" + PREFIXES.charAt(power - 1) + "iB";
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }
}
