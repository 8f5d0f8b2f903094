package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Route;
import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.http.Peer;
import io.fleetserve.loadbalancer.http.RequestHead;
import io.fleetserve.loadbalancer.policy.Hashes;
import io.fleetserve.loadbalancer.policy.Policy;
import io.fleetserve.loadbalancer.telemetry.RequestTrace;
import io.fleetserve.loadbalancer.telemetry.Tracing;
import org.jspecify.annotations.Nullable;

/// What stays known of a request when its head is gone.
///
/// @param minorVersion 0 for HTTP/1.0, 1 for HTTP/1.1
/// @param contentLength of the body; -1 when the head does not say
/// @param path without query
/// @param requestId ASCII
/// @param acceptedMillis epoch milliseconds
/// @param client address of the client, ASCII
/// @param tls version; empty without
/// @param protocol `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`
/// @param trace null when the request is not traced
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
    byte[] client,
    String tls,
    String protocol,
    @Nullable RequestTrace trace,
    long session,
    long fair) {
  private static final int MAX_PATH = 512;
  private static final byte[] NO_ID = {};
  private static final byte[] TRACEPARENT = Octets.ascii("traceparent");
  private static final String HTTP_10 = "HTTP/1.0";
  private static final String HTTP_11 = "HTTP/1.1";
  private static final String HTTP_2 = "HTTP/2";

  /// Facts of a request whose head was refused: what was read of it, and that nothing may follow.
  static RequestFacts refused(RequestHead head, Peer peer, boolean http2) {
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
        peer.text(),
        peer.tls(),
        http2 ? HTTP_2 : HTTP_11,
        null,
        Policy.NO_KEY,
        Policy.NO_KEY);
  }

  /// Facts of a request that may be forwarded.
  ///
  /// @param http2 it came as a stream of HTTP/2
  /// @param tracing null without
  static RequestFacts of(
      RequestHead head, byte[] requestId, Peer peer, boolean http2, @Nullable Tracing tracing) {
    String path = head.path(MAX_PATH);
    RequestTrace trace =
        tracing == null ? null : tracing.begin(head.method(), path, head.field(TRACEPARENT));
    return new RequestFacts(
        head.method(),
        head.isHead(),
        head.isIdempotent(),
        head.minorVersion(),
        head.keepAlive(),
        head.contentLength(),
        head.expectsContinue(),
        head.isWebSocket(),
        path,
        requestId,
        System.currentTimeMillis(),
        peer.client(head),
        peer.tls(),
        http2 ? HTTP_2 : head.minorVersion() == 0 ? HTTP_10 : HTTP_11,
        trace,
        Policy.NO_KEY,
        Policy.NO_KEY);
  }

  /// Hash of whom the request is for: requests of one wait behind each other, not behind those of
  /// others.
  long party() {
    return fair == Policy.NO_KEY ? Hashes.of(client, 0, client.length) : fair;
  }

  /// What the replica gets as `traceparent`; null to pass on what the client sent.
  byte @Nullable [] traceparent() {
    RequestTrace spans = trace;
    return spans == null ? null : spans.traceparent();
  }

  /// The same request with what only the rules of its service make worth knowing.
  ///
  /// @param head of this request
  RequestFacts routed(Route route, RequestHead head) {
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
        client,
        tls,
        protocol,
        trace,
        RequestKeys.session(route, head, client),
        RequestKeys.fair(route, head));
  }
}
