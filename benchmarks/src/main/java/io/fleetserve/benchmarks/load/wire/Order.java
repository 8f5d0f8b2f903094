package io.fleetserve.benchmarks.load.wire;

/// One piece of load for the client: warm up, then measure. Every order is bounded in time.
///
/// @param port of the proxy (or of the backend itself) on 127.0.0.1
/// @param tls TLS 1.3, whatever the certificate
/// @param connections opened for this order alone and reset at its end, 1-15,000
/// @param rate requests a second of [Kind#OPEN]; 0 for every other kind
/// @param warmMillis load before anything is counted, 0-60,000
/// @param measureMillis load that is counted, 1-60,000
public record Order(
    Kind kind,
    int port,
    boolean tls,
    int connections,
    double rate,
    long warmMillis,
    long measureMillis) {

  /// What the connections do.
  public enum Kind {
    /// Small requests, the next one as soon as the answer is complete.
    CLOSED,
    /// Small requests at a constant rate, whatever the answers take.
    OPEN,
    /// As CLOSED, but refused and lost connections are retried and are no errors: a proxy starts.
    START,
    /// One endless event stream a connection.
    STREAMS,
    /// 10 MB answers, one after the other.
    DOWNLOAD,
    /// 10 MB request bodies, one after the other.
    UPLOAD,
    /// One small request a connection, then silence.
    IDLE
  }

  public Order {
    check(port > 0 && port < 65_536, "port", port, "1-65535");
    check(connections > 0 && connections <= 15_000, "connections", connections, "1-15000");
    check(kind == Kind.OPEN ? rate > 0 : rate == 0, "rate", rate, "> 0 for OPEN, else 0");
    check(warmMillis >= 0 && warmMillis <= 60_000, "warmMillis", warmMillis, "0-60000");
    check(measureMillis > 0 && measureMillis <= 60_000, "measureMillis", measureMillis, "1-60000");
  }

  /// An order at no particular rate, without TLS.
  public static Order of(
      Kind kind, int port, int connections, long warmMillis, long measureMillis) {
    return new Order(kind, port, false, connections, 0, warmMillis, measureMillis);
  }

  private static void check(boolean valid, String name, Object value, String expected) {
    if (!valid) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }
}
