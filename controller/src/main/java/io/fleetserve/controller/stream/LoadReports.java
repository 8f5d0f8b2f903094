package io.fleetserve.controller.stream;

import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.Phase;
import io.fleetserve.controller.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The last report of each load balancer process, and what follows from them for a draining
/// replica.
///
/// One load balancer is one process, or two while a successor takes over and its predecessor
/// finishes what it has: both count then. A report of a process that knows of no other one beside
/// it drops every older one that has not said that it is leaving: that one crashed, and its
/// requests with it. Thread-safe.
public final class LoadReports {
  /// A load balancer silent for longer is taken for dead: its requests died with it.
  private static final Duration ALIVE = Duration.ofSeconds(10);

  /// A report with the time it came.
  public record Seen(LoadReport report, Instant at) {}

  private record Sender(String id, long startedAtMillis) {}

  private final Map<Sender, Seen> last = new ConcurrentHashMap<>();
  private final Instant listeningSince;

  public LoadReports(Instant listeningSince) {
    this.listeningSince = listeningSince;
  }

  /// Keeps the report unless a newer one of the same process came before.
  ///
  /// @return whether it was kept
  public synchronized boolean accept(LoadReport report, Instant now) {
    Sender sender = new Sender(report.loadBalancerId(), report.startedAtMillis());
    Seen before = last.get(sender);
    if (before != null && report.sequence() <= before.report().sequence()) {
      return false;
    }
    if (before == null && report.phase() == Phase.SERVING && isReplaced(report, now)) {
      return false;
    }
    last.keySet().removeIf(other -> crashed(other, report));
    if (report.phase() == Phase.ENDED) {
      last.remove(sender);
    } else {
      last.put(sender, new Seen(report, now));
    }
    return true;
  }

  /// Whether a late report of a process that is gone: a younger one has spoken since.
  private boolean isReplaced(LoadReport report, Instant now) {
    return alive(now)
        .map(Seen::report)
        .anyMatch(other ->
            other.loadBalancerId().equals(report.loadBalancerId())
                && other.startedAtMillis() > report.startedAtMillis()
                && !isBeside(other, report.startedAtMillis()));
  }

  private boolean crashed(Sender other, LoadReport report) {
    Seen seen = last.get(other);
    return seen != null
        && other.id().equals(report.loadBalancerId())
        && other.startedAtMillis() < report.startedAtMillis()
        && report.phase() == Phase.SERVING
        && seen.report().phase() == Phase.SERVING
        && !isBeside(report, other.startedAtMillis());
  }

  private static boolean isBeside(LoadReport report, long startedAtMillis) {
    Long beside = report.besideMillis();
    return beside != null && beside == startedAtMillis;
  }

  /// The last report of a load balancer's newest process.
  public Optional<Seen> of(String loadBalancerId) {
    return last.entrySet().stream()
        .filter(entry -> entry.getKey().id().equals(loadBalancerId))
        .max(Comparator.comparingLong(entry -> entry.getKey().startedAtMillis()))
        .map(Map.Entry::getValue);
  }

  /// True when every living load balancer has applied `generation`, in which the replica no longer
  /// gets requests, and reports none in flight there. Without any, nothing can be in flight, as
  /// soon as one would have had the time to report.
  public boolean drained(ReplicaKey key, long generation, Instant now) {
    List<Seen> alive = alive(now).toList();
    if (alive.isEmpty()) {
      return !now.isBefore(listeningSince.plus(ALIVE));
    }
    return alive.stream()
        .map(Seen::report)
        .allMatch(report -> report.generationApplied() >= generation && inFlight(report, key) == 0);
  }

  private Stream<Seen> alive(Instant now) {
    return last.values().stream().filter(seen -> !seen.at().plus(ALIVE).isBefore(now));
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
