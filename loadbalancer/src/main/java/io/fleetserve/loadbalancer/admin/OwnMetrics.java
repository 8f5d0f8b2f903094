package io.fleetserve.loadbalancer.admin;

import io.fleetserve.api.wire.LoadReport.ReplicaLoad;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.telemetry.Buckets;
import io.fleetserve.loadbalancer.telemetry.ReplicaStats;
import io.fleetserve.loadbalancer.telemetry.TrafficStats;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One reading of all counters as metrics. Services and replicas that are gone leave nothing
/// behind. Confined to one thread.
final class OwnMetrics {
  private static final String[] CODES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final Exposition out = new Exposition();

  /// Values of the process beside the services.
  ///
  /// @param lags how late the event loops' clocks ticked, by number of the loop
  record ProcessValues(
      long generation,
      boolean connected,
      int clientConnections,
      long clientConnectionsOpened,
      long clientConnectionsRefused,
      long acceptPauses,
      int tunnels,
      int tunnelAgents,
      int passages,
      long passagesRefused,
      long refusedHeads,
      long accessLogDroppedBytes,
      long directMemory,
      List<Buckets.Snapshot> lags) {
    ProcessValues {
      lags = List.copyOf(lags);
    }
  }

  OwnMetrics process(ProcessValues values) {
    Labels none = Labels.EMPTY;
    out.gauge(Family.GENERATION, none, values.generation());
    out.gauge(Family.CONTROLLER_CONNECTED, none, values.connected() ? 1 : 0);
    out.gauge(Family.CLIENT_CONNECTIONS, none, values.clientConnections());
    out.counter(Family.CLIENT_CONNECTIONS_OPENED, none, values.clientConnectionsOpened());
    out.counter(Family.CLIENT_CONNECTIONS_REFUSED, none, values.clientConnectionsRefused());
    out.counter(Family.ACCEPT_PAUSES, none, values.acceptPauses());
    out.gauge(Family.TUNNELS, none, values.tunnels());
    out.gauge(Family.TUNNEL_AGENTS, none, values.tunnelAgents());
    out.gauge(Family.CONTROLLER_PASSAGES, none, values.passages());
    out.counter(Family.CONTROLLER_PASSAGES_REFUSED, none, values.passagesRefused());
    out.counter(Family.HEADS_REFUSED, none, values.refusedHeads());
    out.counter(Family.ACCESS_LOG_DROPPED, none, values.accessLogDroppedBytes());
    out.gauge(Family.DIRECT_MEMORY, none, values.directMemory());
    for (int i = 0; i < values.lags().size(); i++) {
      out.histogram(
          Family.EVENT_LOOP_LAG, Labels.of("loop", String.valueOf(i)), values.lags().get(i));
    }
    return this;
  }

  /// @param traffic null when nothing passed yet
  OwnMetrics service(ServiceLoad load, TrafficStats.@Nullable Totals traffic) {
    Labels labels = Labels.of("service", load.service());
    out.counter(Family.REQUESTS, labels, load.arrivals());
    out.counter(Family.COMPLETED, labels, load.completions());
    out.counter(Family.FAILED, labels, load.failures());
    out.counter(Family.REJECTED, labels, load.rejected());
    out.counter(Family.RETRIED, labels, load.retries());
    out.gauge(Family.HELD, labels, load.held());
    out.gauge(Family.IN_FLIGHT, labels, load.inFlight());
    out.counter(Family.TOKENS, labels.add("kind", "prompt"), load.tokens().prompt());
    out.counter(Family.TOKENS, labels.add("kind", "completion"), load.tokens().completion());
    out.gauge(Family.LISTENING, labels, load.listenError() == null ? 1 : 0);
    if (traffic != null) {
      for (int i = 0; i < CODES.length; i++) {
        out.counter(Family.RESPONSES, labels.add("code", CODES[i]), traffic.codes()[i]);
      }
      out.counter(Family.BYTES_IN, labels, traffic.bytesIn());
      out.counter(Family.BYTES_OUT, labels, traffic.bytesOut());
      out.histogram(Family.LATENCY, labels, traffic.latency());
      out.histogram(Family.FIRST_BYTE, labels, traffic.firstByte());
    }
    for (ReplicaLoad replica : load.replicas()) {
      replica(
          labels,
          replica,
          traffic == null
              ? null
              : traffic
                  .replicas()
                  .get(TrafficStats.key(replica.replicaId(), replica.generation())));
    }
    return this;
  }

  private void replica(Labels service, ReplicaLoad load, ReplicaStats.@Nullable Totals traffic) {
    Labels labels =
        service
            .add("replica", String.valueOf(load.replicaId()))
            .add("generation", String.valueOf(load.generation()));
    out.gauge(Family.REPLICA_IN_FLIGHT, labels, load.inFlight());
    out.gauge(Family.REPLICA_EJECTED, labels, load.ejected() ? 1 : 0);
    out.counter(Family.REPLICA_COMPLETED, labels, load.completions());
    out.counter(Family.REPLICA_FAILED, labels, load.failures());
    if (traffic != null) {
      out.counter(Family.REPLICA_ATTEMPTS, labels, traffic.attempts());
      out.histogram(Family.REPLICA_LATENCY, labels, traffic.latency());
      out.histogram(Family.REPLICA_FIRST_BYTE, labels, traffic.firstByte());
    }
  }

  /// Everything that was given so far, and what protects these services.
  MetricSnapshots all(Collection<Service> services) {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    out.all().stream().forEach(all::metricSnapshot);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try {
      services.forEach(service -> ProtectionMetrics.register(registry, service));
      registry.getPrometheusRegistry().scrape().stream().forEach(all::metricSnapshot);
    } finally {
      registry.close();
    }
    return all.build();
  }
}
