package io.fleetserve.api.yaml;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The type of a value written without quotes: YAML 1.2's core schema, less what YAML 1.1 reads
/// differently. `0777`, `1_000` and `1:30` are numbers of different value in the two, so they stay
/// text here and fail where a number is wanted.
final class PlainScalar {
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]{0,40})");
  private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{1,30}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\.[0-9]+|(0|[1-9][0-9]*)(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?");

  /// No quantity of ours is so large, and libraries that want it as a long fail on it.
  private static final double BEYOND_USE = 1e18;

  private PlainScalar() {}

  /// String, Long, BigInteger, Double (finite), Boolean, or null.
  static @Nullable Object valueOf(String text) {
    switch (text) {
      case "", "~", "null", "Null", "NULL" -> {
        return null;
      }
      case "true", "True", "TRUE" -> {
        return true;
      }
      case "false", "False", "FALSE" -> {
        return false;
      }
      default -> {}
    }
    if (text.length() > 60 || !startsLikeNumber(text.charAt(0))) {
      return text;
    }
    if (INTEGER.matcher(text).matches()) {
      return integer(new BigInteger(text));
    }
    if (HEX.matcher(text).matches()) {
      return integer(new BigInteger(text.substring(2), 16));
    }
    if (DECIMAL.matcher(text).matches()) {
      double value = Double.parseDouble(text);
      return Math.abs(value) < BEYOND_USE ? (Object) value : text;
    }
    return text;
  }

  private static boolean startsLikeNumber(char first) {
    return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
  }

  private static Object integer(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }
}
