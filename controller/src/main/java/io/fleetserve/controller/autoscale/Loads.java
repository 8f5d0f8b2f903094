package io.fleetserve.controller.autoscale;

import io.fleetserve.api.spec.Autoscaling;
import io.fleetserve.controller.load.LoadView;
import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;

/// What the published policies read from the load.
final class Loads {
  private Loads() {}

  /// Requests per second for `qps`, else requests held or in flight, averaged over the window.
  static Measurement average(LoadView load, Autoscaling.Goal goal, Duration window, Instant now) {
    if (goal.metric() != Autoscaling.Metric.QPS) {
      return load.averageConcurrency(window, now);
    }
    Measurement requests = load.requestsInLast(window, now);
    return new Measurement(requests.value() / (window.toMillis() / 1000.0), requests.complete());
  }
}
