package io.fleetserve.benchmarks.load;

import io.fleetserve.benchmarks.load.wire.Order;
import io.fleetserve.benchmarks.load.wire.Order.Kind;

/// One way to load a proxy.
///
/// @param name as in the results, for example `small`
/// @param tls between client and proxy
/// @param rate of [Kind#OPEN], requests a second; else 0
/// @param loops that the subjects were told to run
/// @param apart the proxy has a processor of its own
/// @param withDirect the backend is measured without a proxy, too
record Workload(
    String name,
    Kind kind,
    boolean tls,
    int connections,
    double rate,
    int loops,
    boolean apart,
    boolean withDirect) {
  static final int IDLE_CONNECTIONS = 10_000;
  private static final int CONNECTIONS = 64;
  private static final int STREAMS = 500;
  private static final int BODIES = 4;

  static Workload small() {
    return new Workload("small", Kind.CLOSED, false, CONNECTIONS, 0, 1, true, true);
  }

  /// As [#small], with TLS on the client's side.
  static Workload encrypted() {
    return new Workload("tls", Kind.CLOSED, true, CONNECTIONS, 0, 1, true, false);
  }

  static Workload events() {
    return new Workload("events", Kind.STREAMS, false, STREAMS, 0, 1, true, true);
  }

  static Workload download() {
    return new Workload("download", Kind.DOWNLOAD, false, BODIES, 0, 1, true, false);
  }

  static Workload upload() {
    return new Workload("upload", Kind.UPLOAD, false, BODIES, 0, 1, true, false);
  }

  static Workload open(String name, double rate) {
    return new Workload(name, Kind.OPEN, false, CONNECTIONS, rate, 1, true, true);
  }

  static Workload idle() {
    return new Workload("idle", Kind.IDLE, false, IDLE_CONNECTIONS, 0, 1, true, false);
  }

  /// Small requests with nobody bound to a processor.
  static Workload loops(int loops) {
    return new Workload("loops-" + loops, Kind.CLOSED, false, CONNECTIONS, 0, loops, false, false);
  }

  /// True when it asks for as much as the other side can do.
  boolean saturates() {
    return switch (kind) {
      case CLOSED, START, DOWNLOAD, UPLOAD -> true;
      case OPEN, STREAMS, IDLE -> false;
    };
  }

  /// Nothing is counted in the first part of a measurement: connections open, caches fill.
  Order order(int port, long measureMillis) {
    long warm = kind == Kind.IDLE ? 2_000 : 1_000;
    return new Order(kind, port, tls, connections, rate, warm, measureMillis);
  }
}
