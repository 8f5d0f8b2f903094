package io.fleetserve.loadbalancer.upstream;

/// Why no complete answer came from a replica.
public enum UpstreamFailure {
  /// The connection was refused: nobody is there. Nothing was sent.
  REFUSED,
  /// No connection in time, or no way to the host. Nothing was sent.
  UNREACHABLE,
  /// The handshake of TLS failed: the certificate is not valid, or what the replica speaks is
  /// something else. Nothing was sent.
  UNTRUSTED,
  /// No connection for want of local resources: says nothing about the replica. Nothing was sent.
  LOCAL,
  /// The replica says that it did not process the request (RFC 9113 section 8.7).
  UNPROCESSED,
  /// The connection ended before the first byte of an answer.
  CLOSED,
  /// The connection ended inside the answer.
  BROKEN,
  /// What came is no answer that may be forwarded.
  MALFORMED,
  /// Silence for longer than the service allows.
  SILENT,
  /// The first byte of the answer did not come in time: maybe another replica is faster.
  LATE;

  /// The replica cannot have seen the request.
  public boolean isNotSent() {
    return this == REFUSED
        || this == UNREACHABLE
        || this == UNTRUSTED
        || this == LOCAL
        || this == UNPROCESSED;
  }
}
