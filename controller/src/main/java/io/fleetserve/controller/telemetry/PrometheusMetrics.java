package io.fleetserve.controller.telemetry;

import io.fleetserve.api.status.ReplicaStatus;
import io.fleetserve.api.wire.ReplicaView;
import io.fleetserve.api.wire.ServiceView;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// Metrics in Prometheus' text form, by way of Micrometer. Thread-safe.
public final class PrometheusMetrics implements Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer reconcile =
      Timer.builder("fleetserve.reconcile")
          .description("Time of one step of a service loop")
          .register(registry);
  private final Counter written = writes("true");
  private final Counter failed = writes("false");

  private Counter writes(String succeeded) {
    return Counter.builder("fleetserve.store.writes")
        .description("Transactions of the store")
        .tag("succeeded", succeeded)
        .register(registry);
  }

  /// Adds gauges of what there is.
  public void observe(Supplier<List<ServiceView>> services) {
    Gauge.builder("fleetserve.services", () -> services.get().size())
        .description("Services")
        .register(registry);
    for (ReplicaStatus status : ReplicaStatus.values()) {
      Gauge.builder("fleetserve.replicas", () -> count(services.get(), status))
          .description("Replicas by status")
          .tag("status", status.name())
          .register(registry);
    }
  }

  private static long count(List<ServiceView> services, ReplicaStatus status) {
    return services.stream()
        .map(ServiceView::replicas)
        .flatMap(List::stream)
        .map(ReplicaView::status)
        .filter(status::equals)
        .count();
  }

  @Override
  public void reconciled(Duration took) {
    reconcile.record(took);
  }

  @Override
  public void stored(boolean succeeded) {
    (succeeded ? written : failed).increment();
  }

  @Override
  public void requested(String method, String path) {
    registry.counter("fleetserve.api.requests", "method", method, "path", path).increment();
  }

  /// The page a scraper reads.
  public String page() {
    return registry.scrape();
  }
}
