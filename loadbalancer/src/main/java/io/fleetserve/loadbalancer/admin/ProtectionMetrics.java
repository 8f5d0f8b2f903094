package io.fleetserve.loadbalancer.admin;

import io.fleetserve.loadbalancer.endpoint.PassiveHealth;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/// Metrics of what protects replicas and services from each other. Thread-safe.
final class ProtectionMetrics {
  private ProtectionMetrics() {}

  static void register(MeterRegistry registry, Service service) {
    Tags tags = Tags.of("service", service.name());
    PassiveHealth health = service.health();
    counter(registry, "fleetserve.lb.ejections", health.ejections(), tags);
    counter(registry, "fleetserve.lb.ejections.spared", health.spared(), tags);
    counter(registry, "fleetserve.lb.panics", health.panics(), tags);
    counter(registry, "fleetserve.lb.requests.shed", service.placeTimes().shedCount(), tags);
    counter(registry, "fleetserve.lb.hedges", service.hedges().startedCount(), tags);
    counter(registry, "fleetserve.lb.hedges.won", service.hedges().wonCount(), tags);
    gauge(registry, "fleetserve.lb.panic", health.isPanic() ? 1 : 0, tags);
    service.known().forEach(replica -> replica(registry, replica, tags));
  }

  private static void replica(MeterRegistry registry, Replica replica, Tags service) {
    Tags tags =
        service.and(
            "replica",
            String.valueOf(replica.key().replicaId()),
            "generation",
            String.valueOf(replica.key().generation()));
    gauge(registry, "fleetserve.lb.replica.warmth", replica.warmth(), tags);
    counter(registry, "fleetserve.lb.replica.connect.failures", replica.connectFailures(), tags);
    counter(registry, "fleetserve.lb.replica.error.answers", replica.errorStatuses(), tags);
  }

  private static void counter(MeterRegistry registry, String name, long value, Tags tags) {
    FunctionCounter.builder(name, value, Long::doubleValue).tags(tags).register(registry);
  }

  private static void gauge(MeterRegistry registry, String name, double value, Tags tags) {
    Gauge.builder(name, () -> value).tags(tags).register(registry);
  }
}
