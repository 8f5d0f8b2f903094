package io.fleetserve.controller.load;

import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.api.wire.LoadReport.Phase;
import io.fleetserve.api.wire.LoadReport.ReplicaLoad;
import io.fleetserve.api.wire.LoadReport.ServiceLoad;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What load balancer processes that are leaving still have of one service, by their last reports.
/// Immutable.
///
/// @param last by the start of the process, in epoch milliseconds
record Leaving(Map<Long, Rest> last) {
  static final Leaving NONE = new Leaving(Map.of());

  /// A process that is silent for longer is taken for dead, with all it had.
  private static final Duration ALIVE = Duration.ofSeconds(10);

  Leaving {
    last = Map.copyOf(last);
  }

  /// One process.
  record Rest(Instant at, long sequence, int held, int inFlight, List<ReplicaLoad> replicas) {
    Rest {
      replicas = List.copyOf(replicas);
    }
  }

  /// After a report of a process that is leaving or has ended.
  Leaving with(String service, LoadReport report, Instant now) {
    Map<Long, Rest> next = new HashMap<>(last);
    next.values().removeIf(rest -> !isAlive(rest, now));
    Rest known = next.get(report.startedAtMillis());
    if (report.phase() == Phase.ENDED) {
      next.remove(report.startedAtMillis());
    } else if (known == null || known.sequence() < report.sequence()) {
      next.put(report.startedAtMillis(), rest(service, report, now));
    }
    return new Leaving(next);
  }

  private static Rest rest(String service, LoadReport report, Instant now) {
    return report.services().stream()
        .filter(load -> load.service().equals(service))
        .findFirst()
        .map((ServiceLoad load) ->
            new Rest(now, report.sequence(), load.held(), load.inFlight(), load.replicas()))
        .orElseGet(() -> new Rest(now, report.sequence(), 0, 0, List.of()));
  }

  int held(Instant now) {
    return alive(now).mapToInt(Rest::held).sum();
  }

  int inFlight(Instant now) {
    return alive(now).mapToInt(Rest::inFlight).sum();
  }

  Stream<ReplicaLoad> replicas(Instant now) {
    return alive(now).flatMap(rest -> rest.replicas().stream());
  }

  /// When the last reports came.
  Stream<Instant> times() {
    return last.values().stream().map(Rest::at);
  }

  private Stream<Rest> alive(Instant now) {
    return last.values().stream().filter(rest -> isAlive(rest, now));
  }

  private static boolean isAlive(Rest rest, Instant now) {
    return Duration.between(rest.at(), now).abs().compareTo(ALIVE) <= 0;
  }
}
