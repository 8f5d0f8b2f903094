package io.fleetserve.api.wire;

import io.fleetserve.api.spec.NetworkMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a load balancer tells the controller each second, and at once when a request starts to wait
/// for a service without a ready replica or a draining replica becomes idle.
///
/// All counts are totals since `startedAtMillis` of this load balancer process, so a lost, repeated
/// or late report does no harm; a new `startedAtMillis` starts from zero.
///
/// While one process takes over from another, both report under one id and `startedAtMillis` tells
/// them apart: what is in flight is the sum over both.
///
/// @param loadBalancerId stable over restarts
/// @param startedAtMillis epoch milliseconds of the process start
/// @param sequence grows by one per report of this process
/// @param generationApplied of the endpoint stream
/// @param refused why the last endpoint update was refused; null when it was applied
/// @param phase of the process; a missing one means SERVING
/// @param besideMillis `startedAtMillis` of the process that still serves beside this one and that
///   this one is taking over from; null when there is none
public record LoadReport(
    String loadBalancerId,
    long startedAtMillis,
    long sequence,
    long sentAtMillis,
    long generationApplied,
    @Nullable String refused,
    Phase phase,
    @Nullable Long besideMillis,
    List<ServiceLoad> services) {
  @SuppressWarnings("ConstantValue") // what comes from outside may lack a phase
  public LoadReport {
    services = List.copyOf(services);
    phase = phase == null ? Phase.SERVING : phase;
  }

  /// Where the process is in its life.
  public enum Phase {
    /// It takes new connections, or will in a moment.
    SERVING,
    /// It takes no new connection and finishes what is under way.
    LEAVING,
    /// Nothing is in flight any more, and there is no later report.
    ENDED
  }

  /// One service.
  ///
  /// @param arrivals requests accepted or refused for the service
  /// @param held requests waiting for a replica now
  /// @param inFlight requests at replicas now
  /// @param concurrencyMillis integral over time of held + inFlight, in request-milliseconds
  /// @param heldMillis integral over time of held, in request-milliseconds
  /// @param rejected 503 answers of the load balancer itself
  /// @param latency of complete answers
  /// @param firstByte from accepting a request to the first byte of its answer
  /// @param listenError why the service's port could not be opened; null when it is open
  /// @param tokens where the route asks for them to be counted; a missing one means none
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
      long heldMillis,
      Histogram latency,
      Histogram firstByte,
      @Nullable String listenError,
      List<ReplicaLoad> replicas,
      Tokens tokens) {
    @SuppressWarnings("ConstantValue") // what comes from outside may lack the tokens
    public ServiceLoad {
      replicas = List.copyOf(replicas);
      tokens = tokens == null ? Tokens.NONE : tokens;
    }
  }

  /// Tokens that answers told of in their `usage`.
  ///
  /// @param prompt read by the model
  /// @param completion written by it
  /// @param told complete answers that told
  /// @param silent complete answers that may well have cost tokens and did not tell: streams, and
  ///   compressed ones
  public record Tokens(long prompt, long completion, long told, long silent) {
    public static final Tokens NONE = new Tokens(0, 0, 0, 0);

    public Tokens plus(Tokens other) {
      return new Tokens(
          prompt + other.prompt,
          completion + other.completion,
          told + other.told,
          silent + other.silent);
    }
  }

  /// One replica; identity as in [ReplicaEndpoint].
  ///
  /// @param way by which it was reached last, DIRECT or TUNNEL; null before the first connection
  public record ReplicaLoad(
      int replicaId,
      int generation,
      int inFlight,
      long completions,
      long failures,
      boolean ejected,
      @Nullable NetworkMode way) {}

  /// Counts per bucket; bucket i holds durations up to 2^i milliseconds, the last everything above.
  public record Histogram(List<Long> counts, long totalMillis) {
    public static final int BUCKETS = 22;

    public Histogram {
      counts = List.copyOf(counts);
    }
  }
}
