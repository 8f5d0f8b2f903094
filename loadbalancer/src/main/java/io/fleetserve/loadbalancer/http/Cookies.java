package io.fleetserve.loadbalancer.http;

import org.jspecify.annotations.Nullable;

/// Reads single cookies of a request, RFC 6265 section 4.2. Pure.
final class Cookies {
  private Cookies() {}

  /// Value of the first cookie with a name in a Cookie field; null when there is none.
  ///
  /// @param value of the field: `name=value; other=value`
  /// @param name case-sensitive
  static @Nullable String find(String value, String name) {
    int at = 0;
    while (at < value.length()) {
      int end = value.indexOf(';', at);
      if (end < 0) {
        end = value.length();
      }
      int equals = value.indexOf('=', at);
      if (equals > 0 && equals < end && value.substring(at, equals).strip().equals(name)) {
        return value.substring(equals + 1, end).strip();
      }
      at = end + 1;
    }
    return null;
  }
}
