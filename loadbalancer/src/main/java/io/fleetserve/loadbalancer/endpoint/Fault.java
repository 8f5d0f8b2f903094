package io.fleetserve.loadbalancer.endpoint;

/// What a replica did wrong with a request.
public enum Fault {
  /// It refused the connection: nobody is there.
  REFUSED,
  /// There was no connection in time.
  UNREACHABLE,
  /// It got the request, and no complete answer came.
  NO_ANSWER,
  /// It answered that it is in trouble: a status of 500 or more, other than 501 and 505.
  ERROR_STATUS;

  /// The replica was not reached at all.
  public boolean isConnect() {
    return this == REFUSED || this == UNREACHABLE;
  }
}
