package io.fleetserve.loadbalancer.http;

/// The options of all `Connection` fields of one head, RFC 9110 section 7.6.1.
///
/// Removes the fields they name and refuses to remove those that a peer must not be able to make
/// disappear. Reused; confined to one event loop.
final class ConnectionOptions {
  private static final int MAX_OPTIONS = 16;
  private static final byte[] CLOSE = Octets.ascii("close");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] UPGRADE = Octets.ascii("upgrade");
  private static final byte[] X_FORWARDED = Octets.ascii("x-forwarded-");
  private static final byte[] VIA = Octets.ascii("via");

  private final int[] named = new int[MAX_OPTIONS * 2];
  private int count;
  private boolean close;
  private boolean keepAlive;
  private boolean upgrade;

  void clear() {
    count = 0;
    close = false;
    keepAlive = false;
    upgrade = false;
  }

  boolean close() {
    return close;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean upgrade() {
    return upgrade;
  }

  /// Reads one field value.
  void add(byte[] b, int start, int end, int badStatus) {
    int i = start;
    while (i < end) {
      while (i < end && (b[i] == ',' || b[i] == ' ' || b[i] == '\t')) {
        i++;
      }
      int option = i;
      while (i < end && Octets.isToken(b[i])) {
        i++;
      }
      if (i > option) {
        option(b, option, i, badStatus);
      } else if (i < end) {
        throw new MalformedMessage(badStatus, "invalid Connection header field");
      }
      while (i < end && (b[i] == ' ' || b[i] == '\t')) {
        i++;
      }
      if (i < end && b[i] != ',') {
        throw new MalformedMessage(badStatus, "invalid Connection header field");
      }
    }
  }

  private void option(byte[] b, int start, int end, int badStatus) {
    if (Octets.is(b, start, end, CLOSE)) {
      close = true;
    } else if (Octets.is(b, start, end, KEEP_ALIVE)) {
      keepAlive = true;
    } else if (Octets.is(b, start, end, UPGRADE)) {
      upgrade = true;
    } else {
      if (mayNotBeNamed(b, start, end) || count == MAX_OPTIONS) {
        throw new MalformedMessage(badStatus, "Connection names a field that must not be removed");
      }
      named[count * 2] = start;
      named[count * 2 + 1] = end;
      count++;
    }
  }

  private static boolean mayNotBeNamed(byte[] b, int start, int end) {
    return switch (KnownField.of(b, start, end)) {
      case HOST,
          CONTENT_LENGTH,
          TRANSFER_ENCODING,
          CONNECTION,
          EXPECT,
          X_REQUEST_ID,
          CONTENT_TYPE,
          COOKIE,
          AUTHORIZATION,
          DISGUISED ->
          true;
      case UNFORWARDED ->
          end - start > X_FORWARDED.length
              && Octets.is(b, start, start + X_FORWARDED.length, X_FORWARDED);
      case UPGRADE -> false;
      case OTHER -> Octets.is(b, start, end, VIA);
    };
  }

  /// Drops the fields that were named.
  void dropNamed(HeaderFields fields) {
    for (int i = 0; i < count; i++) {
      fields.dropNamed(named[i * 2], named[i * 2 + 1]);
    }
  }
}
