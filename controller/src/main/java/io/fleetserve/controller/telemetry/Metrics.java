package io.fleetserve.controller.telemetry;

import java.time.Duration;

/// What the controller counts. Thread-safe; every method is cheap.
public interface Metrics {
  /// Counts nothing.
  Metrics NOOP =
      new Metrics() {
        @Override
        public void reconciled(Duration took) {}

        @Override
        public void stored(boolean succeeded) {}

        @Override
        public void requested(String method, String path) {}
      };

  /// One step of a service loop.
  void reconciled(Duration took);

  /// One write to the store.
  void stored(boolean succeeded);

  /// One API request.
  ///
  /// @param path of the route, with its parameters in braces
  void requested(String method, String path);
}
