package io.fleetserve.loadbalancer.http;

import static io.fleetserve.api.unit.Checks.check;

/// How large a head may be. Immutable.
///
/// @param bytes all of it, with its empty line, 16 KiB or more
/// @param fields most fields, 20 or more
public record HeadLimits(int bytes, int fields) {
  public static final HeadLimits DEFAULT = new HeadLimits(32 << 10, 100);

  /// RFC 9112 section 3: request lines of 8,000 octets at least should be understood.
  private static final int LEAST_LINE = 8 << 10;

  public HeadLimits {
    check(bytes >= 16 << 10, "bytes", bytes, ">= 16384");
    check(fields >= 20, "fields", fields, ">= 20");
  }

  /// Most bytes of the start line.
  int lineBytes() {
    return Math.max(LEAST_LINE, bytes / 4);
  }

  /// Most bytes of the value of a field.
  int fieldBytes() {
    return bytes / 4;
  }
}
