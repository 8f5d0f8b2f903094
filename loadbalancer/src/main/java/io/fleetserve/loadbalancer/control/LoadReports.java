package io.fleetserve.loadbalancer.control;

import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.Histogram;
import io.fleetserve.api.wire.LoadReport.Phase;
import io.fleetserve.api.wire.LoadReport.ReplicaLoad;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import io.fleetserve.api.wire.LoadReport.Tokens;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.telemetry.ServiceStats.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Makes load reports out of what the lanes counted. Thread-safe; waits for the event loops, so not
/// to be called on one.
public final class LoadReports {
  private final String id;
  private final long startedAtMillis;
  private final Routing routing;
  private final DataPlane plane;

  public LoadReports(String id, long startedAtMillis, Routing routing, DataPlane plane) {
    this.id = id;
    this.startedAtMillis = startedAtMillis;
    this.routing = routing;
    this.plane = plane;
  }

  /// The report with a sequence number.
  ///
  /// @param beside start of the process that is being taken over from; null for none
  public LoadReport report(
      long sequence,
      Phase phase,
      @Nullable Long beside,
      LongSupplier generationApplied,
      Supplier<@Nullable String> refused) {
    // First the generation: what is counted afterwards is at least as new.
    long generation = generationApplied.getAsLong();
    String reason = refused.get();
    return new LoadReport(
        id,
        startedAtMillis,
        sequence,
        System.currentTimeMillis(),
        Math.max(0, generation),
        reason,
        phase,
        beside,
        services());
  }

  /// The load of every service.
  public List<ServiceLoad> services() {
    List<ServiceLoad> loads = new ArrayList<>();
    try {
      var totals = plane.totals();
      for (Service service : routing.table().byName().values()) {
        loads.add(load(service, totals.getOrDefault(service.name(), List.of())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return loads;
  }

  private static ServiceLoad load(Service service, List<Totals> parts) {
    return new ServiceLoad(
        service.name(),
        sum(parts, Totals::arrivals),
        sum(parts, Totals::completions),
        sum(parts, Totals::failures),
        sum(parts, Totals::rejected),
        sum(parts, Totals::retries),
        count(parts, Totals::held),
        count(parts, Totals::inFlight),
        sum(parts, Totals::concurrencyNanos) / 1_000_000,
        sum(parts, Totals::heldNanos) / 1_000_000,
        merge(parts.stream().map(Totals::latency).toList()),
        merge(parts.stream().map(Totals::firstByte).toList()),
        service.listenError(),
        service.known().stream()
            .map(replica ->
                new ReplicaLoad(
                    replica.key().replicaId(),
                    replica.key().generation(),
                    replica.inFlight(),
                    replica.completions(),
                    replica.failures(),
                    replica.health().isEjected(),
                    replica.way()))
            .toList(),
        parts.stream().map(Totals::tokens).reduce(Tokens.NONE, Tokens::plus));
  }

  private static long sum(List<Totals> parts, ToLongFunction<Totals> value) {
    return parts.stream().mapToLong(value).sum();
  }

  private static int count(List<Totals> parts, ToIntFunction<Totals> value) {
    return parts.stream().mapToInt(value).sum();
  }

  private static Histogram merge(List<Histogram> parts) {
    Long[] counts = new Long[Histogram.BUCKETS];
    for (int i = 0; i < counts.length; i++) {
      int bucket = i;
      counts[i] = parts.stream().mapToLong(part -> part.counts().get(bucket)).sum();
    }
    return new Histogram(List.of(counts), parts.stream().mapToLong(Histogram::totalMillis).sum());
  }
}
