package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.wire.LoadReport.Histogram;
import io.fleetserve.api.wire.LoadReport.ReplicaLoad;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The metrics page, made anew for each scrape out of one reading of all counters: nothing is
/// registered between scrapes, so services and replicas that are gone leave nothing behind.
/// Thread-safe.
final class Metrics {
  private Metrics() {}

  /// Process-wide values beside the services.
  record ProcessValues(
      long generation,
      boolean connected,
      int clientConnections,
      long acceptPauses,
      long refusedHeads,
      long accessLogDroppedBytes) {}

  static String scrape(
      ProcessValues process, List<ServiceLoad> loads, Collection<Service> services) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try {
      gauge(registry, "fleetserve.lb.generation", process.generation(), Tags.empty());
      gauge(
          registry,
          "fleetserve.lb.controller.connected",
          process.connected() ? 1 : 0,
          Tags.empty());
      gauge(
          registry, "fleetserve.lb.client.connections", process.clientConnections(), Tags.empty());
      counter(registry, "fleetserve.lb.accept.pauses", process.acceptPauses(), Tags.empty());
      counter(registry, "fleetserve.lb.heads.refused", process.refusedHeads(), Tags.empty());
      counter(
          registry,
          "fleetserve.lb.access.log.dropped.bytes",
          process.accessLogDroppedBytes(),
          Tags.empty());
      loads.forEach(load -> service(registry, load));
      services.forEach(service -> ProtectionMetrics.register(registry, service));
      return registry.scrape();
    } finally {
      registry.close();
    }
  }

  private static void service(MeterRegistry registry, ServiceLoad load) {
    Tags tags = Tags.of("service", load.service());
    counter(registry, "fleetserve.lb.requests", load.arrivals(), tags);
    counter(registry, "fleetserve.lb.requests.completed", load.completions(), tags);
    counter(registry, "fleetserve.lb.requests.failed", load.failures(), tags);
    counter(registry, "fleetserve.lb.requests.rejected", load.rejected(), tags);
    counter(registry, "fleetserve.lb.requests.retried", load.retries(), tags);
    gauge(registry, "fleetserve.lb.requests.held", load.held(), tags);
    gauge(registry, "fleetserve.lb.requests.in.flight", load.inFlight(), tags);
    gauge(registry, "fleetserve.lb.listening", load.listenError() == null ? 1 : 0, tags);
    histogram(registry, "fleetserve.lb.latency", load.latency(), tags);
    histogram(registry, "fleetserve.lb.first.byte", load.firstByte(), tags);
    load.replicas().forEach(replica -> replica(registry, replica, tags));
  }

  private static void replica(MeterRegistry registry, ReplicaLoad load, Tags service) {
    Tags tags =
        service.and(
            "replica",
            String.valueOf(load.replicaId()),
            "generation",
            String.valueOf(load.generation()));
    gauge(registry, "fleetserve.lb.replica.in.flight", load.inFlight(), tags);
    gauge(registry, "fleetserve.lb.replica.ejected", load.ejected() ? 1 : 0, tags);
    counter(registry, "fleetserve.lb.replica.completed", load.completions(), tags);
    counter(registry, "fleetserve.lb.replica.failed", load.failures(), tags);
  }

  /// Count and sum, and how many took at most `le` seconds.
  private static void histogram(MeterRegistry registry, String name, Histogram values, Tags tags) {
    long sum = 0;
    for (int i = 0; i < Histogram.BUCKETS - 1; i++) {
      sum += values.counts().get(i);
      String bound = String.valueOf((1L << i) / 1e3);
      counter(registry, name + ".within", sum, tags.and("le", bound));
    }
    long all = sum + values.counts().get(Histogram.BUCKETS - 1);
    counter(registry, name + ".within", all, tags.and("le", "+Inf"));
    FunctionTimer.builder(
            name, values, _ -> all, _ -> (double) values.totalMillis(), TimeUnit.MILLISECONDS)
        .tags(tags)
        .register(registry);
  }

  private static void counter(MeterRegistry registry, String name, long value, Tags tags) {
    FunctionCounter.builder(name, value, Long::doubleValue).tags(tags).register(registry);
  }

  private static void gauge(MeterRegistry registry, String name, long value, Tags tags) {
    Gauge.builder(name, () -> value).tags(tags).register(registry);
  }
}
