package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.RequestHead;

/// What stays known of a request when its head is gone.
///
/// @param minorVersion 0 for HTTP/1.0, 1 for HTTP/1.1
/// @param contentLength of the body; -1 when the head does not say
/// @param path without query
/// @param requestId ASCII
/// @param acceptedMillis epoch milliseconds
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record RequestFacts(
    String method,
    boolean isHead,
    boolean isIdempotent,
    int minorVersion,
    boolean keepAlive,
    long contentLength,
    boolean expectsContinue,
    boolean isWebSocket,
    String path,
    byte[] requestId,
    long acceptedMillis) {
  private static final int MAX_PATH = 512;
  private static final byte[] NO_ID = {};

  /// Facts of a request whose head was refused: what was read of it, and that nothing may follow.
  static RequestFacts refused(RequestHead head) {
    return new RequestFacts(
        head.method(),
        head.isHead(),
        false,
        1,
        false,
        -1,
        false,
        false,
        head.path(MAX_PATH),
        NO_ID,
        System.currentTimeMillis());
  }

  static RequestFacts of(RequestHead head, byte[] requestId) {
    return new RequestFacts(
        head.method(),
        head.isHead(),
        head.isIdempotent(),
        head.minorVersion(),
        head.keepAlive(),
        head.contentLength(),
        head.expectsContinue(),
        head.isWebSocket(),
        head.path(MAX_PATH),
        requestId,
        System.currentTimeMillis());
  }
}
