package io.fleetserve.agent;

/// Outcome of one probe.
///
/// @param line for people, such as `503 Service Unavailable` or `connection refused`
record ProbeResult(Kind kind, String line) {

  enum Kind {
    /// Status exactly 200, or SERVING of gRPC.
    READY,
    /// Something answered, or did not answer in time: the server is there.
    NOT_READY,
    /// Nothing listens yet.
    REFUSED
  }

  static ProbeResult status(int status, String line) {
    return new ProbeResult(status == 200 ? Kind.READY : Kind.NOT_READY, line);
  }

  boolean ready() {
    return kind == Kind.READY;
  }
}
