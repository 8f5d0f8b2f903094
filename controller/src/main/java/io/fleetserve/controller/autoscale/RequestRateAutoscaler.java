package io.fleetserve.controller.autoscale;

import io.fleetserve.controller.load.Measurement;
import java.time.Duration;
import java.time.Instant;

/// SkyServe's `target_qps_per_replica`: ceil(requests in the last 60 s / 60 / target), behind
/// [TickHysteresis]. Requests count once, on arrival, those answered 503 included.
final class RequestRateAutoscaler implements Autoscaler {
  private final double targetQps;

  /// @param targetQps requests per second per replica, > 0
  RequestRateAutoscaler(double targetQps) {
    this.targetQps = targetQps;
  }

  @Override
  public Decision decide(Inputs in, Instant now) {
    Measurement requests = in.load().requestsInLast(TickHysteresis.WINDOW, now);
    double qps = requests.value() / TickHysteresis.WINDOW.toSeconds();
    return TickHysteresis.decide(
        name(),
        in,
        now,
        Demand.ceil(qps / targetQps),
        requests,
        "%.2f requests/s at %s per replica".formatted(qps, Demand.number(targetQps)));
  }

  @Override
  public Duration period(int target) {
    return TickHysteresis.period(target);
  }

  @Override
  public String name() {
    return "request_rate";
  }
}
