package io.fleetserve.loadbalancer.http;

import java.util.Locale;

/// Header fields that a proxy has to understand; everything else is [#OTHER] and passes.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1">RFC 9110 section 7.6.1</a>
enum KnownField {
  OTHER,
  HOST,
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  CONNECTION,
  UPGRADE,
  EXPECT,
  X_REQUEST_ID,
  CONTENT_TYPE,
  COOKIE,
  AUTHORIZATION,
  /// Between two neighbours only, or not to be believed from a client: never forwarded.
  UNFORWARDED,
  /// The name of one of the above with underscores: some servers take it for the real one.
  DISGUISED;

  private static final byte[] TE = Octets.ascii("te");
  private static final byte[] HOST_NAME = Octets.ascii("host");
  private static final byte[] COOKIE_NAME = Octets.ascii("cookie");
  private static final byte[] EXPECT_NAME = Octets.ascii("expect");
  private static final byte[] UPGRADE_NAME = Octets.ascii("upgrade");
  private static final byte[] FORWARDED = Octets.ascii("forwarded");
  private static final byte[] X_REAL_IP = Octets.ascii("x-real-ip");
  private static final byte[] CONNECTION_NAME = Octets.ascii("connection");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] CONTENT_TYPE_NAME = Octets.ascii("content-type");
  private static final byte[] X_REQUEST_ID_NAME = Octets.ascii("x-request-id");
  private static final byte[] AUTHORIZATION_NAME = Octets.ascii("authorization");
  private static final byte[] CONTENT_LENGTH_NAME = Octets.ascii("content-length");
  private static final byte[] HTTP2_SETTINGS = Octets.ascii("http2-settings");
  private static final byte[] PROXY_CONNECTION = Octets.ascii("proxy-connection");
  private static final byte[] TRANSFER_ENCODING_NAME = Octets.ascii("transfer-encoding");
  private static final byte[] PROXY_AUTHENTICATE = Octets.ascii("proxy-authenticate");
  private static final byte[] PROXY_AUTHORIZATION = Octets.ascii("proxy-authorization");
  private static final byte[] X_FORWARDED = Octets.ascii("x-forwarded-");

  /// Finds the field whose name is the given range.
  static KnownField of(byte[] b, int start, int end) {
    int length = end - start;
    if (length > X_FORWARDED.length
        && b[start + 1] == '-'
        && Octets.is(b, start, start + X_FORWARDED.length, X_FORWARDED)) {
      return UNFORWARDED;
    }
    for (int i = start; i < end; i++) {
      if (b[i] == '_') {
        return disguised(b, start, end);
      }
    }
    return ofPlain(b, start, end);
  }

  private static KnownField ofPlain(byte[] b, int start, int end) {
    return switch (end - start) {
      case 2 -> Octets.is(b, start, end, TE) ? UNFORWARDED : OTHER;
      case 4 -> Octets.is(b, start, end, HOST_NAME) ? HOST : OTHER;
      case 6 ->
          Octets.is(b, start, end, EXPECT_NAME)
              ? EXPECT
              : Octets.is(b, start, end, COOKIE_NAME) ? COOKIE : OTHER;
      case 7 -> Octets.is(b, start, end, UPGRADE_NAME) ? UPGRADE : OTHER;
      case 9 ->
          Octets.is(b, start, end, FORWARDED) || Octets.is(b, start, end, X_REAL_IP)
              ? UNFORWARDED
              : OTHER;
      case 10 ->
          Octets.is(b, start, end, CONNECTION_NAME)
              ? CONNECTION
              : Octets.is(b, start, end, KEEP_ALIVE) ? UNFORWARDED : OTHER;
      case 12 ->
          Octets.is(b, start, end, CONTENT_TYPE_NAME)
              ? CONTENT_TYPE
              : Octets.is(b, start, end, X_REQUEST_ID_NAME) ? X_REQUEST_ID : OTHER;
      case 13 -> Octets.is(b, start, end, AUTHORIZATION_NAME) ? AUTHORIZATION : OTHER;
      case 14 ->
          Octets.is(b, start, end, CONTENT_LENGTH_NAME)
              ? CONTENT_LENGTH
              : Octets.is(b, start, end, HTTP2_SETTINGS) ? UNFORWARDED : OTHER;
      case 16 -> Octets.is(b, start, end, PROXY_CONNECTION) ? UNFORWARDED : OTHER;
      case 17 -> Octets.is(b, start, end, TRANSFER_ENCODING_NAME) ? TRANSFER_ENCODING : OTHER;
      case 18 -> Octets.is(b, start, end, PROXY_AUTHENTICATE) ? UNFORWARDED : OTHER;
      case 19 -> Octets.is(b, start, end, PROXY_AUTHORIZATION) ? UNFORWARDED : OTHER;
      default -> OTHER;
    };
  }

  private static KnownField disguised(byte[] b, int start, int end) {
    byte[] plain =
        Octets.ascii(Octets.text(b, start, end).toLowerCase(Locale.ROOT).replace('_', '-'));
    return switch (of(plain, 0, plain.length)) {
      case OTHER, CONTENT_TYPE, COOKIE, X_REQUEST_ID -> OTHER;
      default -> DISGUISED;
    };
  }
}
