package io.fleetserve.loadbalancer.telemetry;

/// The spans of one request: one for the request, and one for each attempt at a replica. Confined
/// to the request's event loop.
public interface RequestTrace {
  /// What the replica gets as `traceparent` (W3C Trace Context): the request's own span, ASCII.
  byte[] traceparent();

  /// An attempt begins; one that is still open ends, because this one took its place.
  void attempt(int replica, int generation);

  /// The attempt failed.
  ///
  /// @param reason one word, for example `REFUSED`
  void attemptFailed(String reason);

  /// The request is over, and with it the attempt that is still open.
  ///
  /// @param status of the answer; 0 without one
  /// @param outcome as in the access log
  void end(String service, int status, String outcome, long bytesIn, long bytesOut);
}
