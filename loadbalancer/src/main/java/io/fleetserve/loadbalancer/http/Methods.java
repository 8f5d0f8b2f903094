package io.fleetserve.loadbalancer.http;

/// Request methods, RFC 9110 section 9. Thread-safe: stateless.
final class Methods {
  private Methods() {}

  /// The constant for a common method, or a new string: no allocation per usual request.
  static String name(byte[] b, int length) {
    return switch (length) {
      case 3 -> b[0] == 'G' && b[1] == 'E' && b[2] == 'T' ? "GET" : other(b, length, "PUT");
      case 4 -> b[0] == 'P' ? other(b, length, "POST") : other(b, length, "HEAD");
      case 5 -> other(b, length, "PATCH");
      case 6 -> other(b, length, "DELETE");
      case 7 -> other(b, length, "OPTIONS");
      default -> Octets.text(b, 0, length);
    };
  }

  private static String other(byte[] b, int length, String likely) {
    for (int i = 0; i < length; i++) {
      if (b[i] != likely.charAt(i)) {
        return Octets.text(b, 0, length);
      }
    }
    return likely;
  }

  /// RFC 9110 section 9.2.2. An unknown method is not.
  static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}
