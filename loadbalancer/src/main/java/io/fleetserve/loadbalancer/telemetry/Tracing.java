package io.fleetserve.loadbalancer.telemetry;

import org.jspecify.annotations.Nullable;

/// Begins the traces of requests. Thread-safe; never waits.
public interface Tracing extends AutoCloseable {
  /// A request came.
  ///
  /// @param path without query
  /// @param traceparent what the client sent; null for none
  RequestTrace begin(String method, String path, @Nullable String traceparent);

  /// Sends what was not sent yet, within a second.
  @Override
  void close();
}
