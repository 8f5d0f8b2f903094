package io.fleetserve.controller.stream;

import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The last report of each load balancer, and what follows from them for a draining replica.
/// Thread-safe.
public final class LoadReports {
  /// A load balancer silent for longer is taken for dead: its requests died with it.
  private static final Duration ALIVE = Duration.ofSeconds(10);

  /// A report with the time it came.
  public record Seen(LoadReport report, Instant at) {}

  private final Map<String, Seen> last = new ConcurrentHashMap<>();
  private final Instant listeningSince;

  public LoadReports(Instant listeningSince) {
    this.listeningSince = listeningSince;
  }

  /// Keeps the report unless a newer one of the same process came before.
  ///
  /// @return whether it was kept
  public synchronized boolean accept(LoadReport report, Instant now) {
    Seen before = last.get(report.loadBalancerId());
    if (before != null && isOlder(report, before.report())) {
      return false;
    }
    last.put(report.loadBalancerId(), new Seen(report, now));
    return true;
  }

  private static boolean isOlder(LoadReport report, LoadReport known) {
    return known.startedAtMillis() == report.startedAtMillis()
        && report.sequence() <= known.sequence();
  }

  public Optional<Seen> of(String loadBalancerId) {
    return Optional.ofNullable(last.get(loadBalancerId));
  }

  /// True when every living load balancer has applied `generation`, in which the replica no longer
  /// gets requests, and reports none in flight there. Without any, nothing can be in flight, as
  /// soon as one would have had the time to report.
  public boolean drained(ReplicaKey key, long generation, Instant now) {
    Collection<Seen> alive =
        last.values().stream().filter(seen -> !seen.at().plus(ALIVE).isBefore(now)).toList();
    if (alive.isEmpty()) {
      return !now.isBefore(listeningSince.plus(ALIVE));
    }
    return alive.stream()
        .map(Seen::report)
        .allMatch(report -> report.generationApplied() >= generation && inFlight(report, key) == 0);
  }

  private static int inFlight(LoadReport report, ReplicaKey key) {
    return report.services().stream()
        .filter(service -> service.service().equals(key.service()))
        .flatMap(service -> service.replicas().stream())
        .filter(replica ->
            replica.replicaId() == key.replicaId() && replica.generation() == key.generation())
        .mapToInt(LoadReport.ReplicaLoad::inFlight)
        .sum();
  }
}
