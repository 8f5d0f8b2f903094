package io.fleetserve.api.wire;

/// How a load balancer speaks to its sockets; in `config.yaml` by the name in lower case.
public enum TransportKind {
  /// The first of the others that works on the machine.
  AUTO,
  /// Linux 5.15 and later, where the administrator allows it: containers often do not.
  IO_URING,
  /// Any Linux.
  EPOLL,
  /// Anywhere.
  NIO
}
