package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Route;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.policy.Hashes;
import io.fleetserve.loadbalancer.policy.Policy;

/// What stays known of a request when its head is gone.
///
/// @param minorVersion 0 for HTTP/1.0, 1 for HTTP/1.1
/// @param contentLength of the body; -1 when the head does not say
/// @param path without query
/// @param requestId ASCII
/// @param acceptedMillis epoch milliseconds
/// @param session hash of the session it belongs to; [Policy#NO_KEY] for none
/// @param fair hash of whom it is for, by the header that the service names; [Policy#NO_KEY] if
///   none
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
    long acceptedMillis,
    long session,
    long fair) {
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
        System.currentTimeMillis(),
        Policy.NO_KEY,
        Policy.NO_KEY);
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
        System.currentTimeMillis(),
        Policy.NO_KEY,
        Policy.NO_KEY);
  }

  /// Hash of whom the request is for: requests of one wait behind each other, not behind those of
  /// others.
  ///
  /// @param address of the client, ASCII
  long client(byte[] address) {
    return fair == Policy.NO_KEY ? Hashes.of(address, 0, address.length) : fair;
  }

  /// The same request with what only the rules of its service make worth knowing.
  ///
  /// @param head of this request
  /// @param address of the client, ASCII
  RequestFacts routed(Route route, RequestHead head, byte[] address) {
    if (!route.readsHeads()) {
      return this;
    }
    return new RequestFacts(
        method,
        isHead,
        isIdempotent,
        minorVersion,
        keepAlive,
        contentLength,
        expectsContinue,
        isWebSocket,
        path,
        requestId,
        acceptedMillis,
        RequestKeys.session(route, head, address),
        RequestKeys.fair(route, head));
  }
}
