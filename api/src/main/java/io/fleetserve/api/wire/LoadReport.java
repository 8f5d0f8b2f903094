package io.fleetserve.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a load balancer tells the controller each second, and at once when a request starts to wait
/// for a service without a ready replica or a draining replica becomes idle.
///
/// All counts are totals since `startedAtMillis` of this load balancer process, so a lost, repeated
/// or late report does no harm; a new `startedAtMillis` starts from zero.
///
/// @param loadBalancerId stable over restarts
/// @param startedAtMillis epoch milliseconds of the process start
/// @param sequence grows by one per report of this process
/// @param generationApplied of the endpoint stream
/// @param refused why the last endpoint update was refused; null when it was applied
public record LoadReport(
    String loadBalancerId,
    long startedAtMillis,
    long sequence,
    long sentAtMillis,
    long generationApplied,
    @Nullable String refused,
    List<ServiceLoad> services) {
  public LoadReport {
    services = List.copyOf(services);
  }

  /// One service.
  ///
  /// @param arrivals requests accepted or refused for the service
  /// @param held requests waiting for a replica now
  /// @param inFlight requests at replicas now
  /// @param concurrencyMillis integral over time of held + inFlight, in request-milliseconds
  /// @param rejected 503 answers of the load balancer itself
  /// @param latency of complete answers
  /// @param firstByte from accepting a request to the first byte of its answer
  /// @param listenError why the service's port could not be opened; null when it is open
  public record ServiceLoad(
      String service,
      long arrivals,
      long completions,
      long failures,
      long rejected,
      long retries,
      int held,
      int inFlight,
      long concurrencyMillis,
      Histogram latency,
      Histogram firstByte,
      @Nullable String listenError,
      List<ReplicaLoad> replicas) {
    public ServiceLoad {
      replicas = List.copyOf(replicas);
    }
  }

  /// One replica; identity as in [ReplicaEndpoint].
  public record ReplicaLoad(
      int replicaId,
      int generation,
      int inFlight,
      long completions,
      long failures,
      boolean ejected) {}

  /// Counts per bucket; bucket i holds durations up to 2^i milliseconds, the last everything above.
  public record Histogram(List<Long> counts, long totalMillis) {
    public static final int BUCKETS = 22;

    public Histogram {
      counts = List.copyOf(counts);
    }
  }
}
