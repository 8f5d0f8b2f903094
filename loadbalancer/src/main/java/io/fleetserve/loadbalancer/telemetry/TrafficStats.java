package io.fleetserve.loadbalancer.telemetry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What passed of one service on one event loop, in the detail that operators see. Confined to that
/// loop, which alone may make a [Totals]; counting allocates nothing.
public final class TrafficStats {
  private static final int CODE_CLASSES = 6;

  private final FineBuckets latency = new FineBuckets();
  private final FineBuckets firstByte = new FineBuckets();
  private final Buckets coarseLatency = new Buckets();
  private final Buckets coarseFirstByte = new Buckets();
  private final long[] codes = new long[CODE_CLASSES];
  private final Map<Long, ReplicaStats> replicas = new HashMap<>();
  private long bytesIn;
  private long bytesOut;

  /// Everything up to one moment.
  ///
  /// @param codes answers by the first digit of their status; at 0 those without any
  /// @param latency of complete answers
  /// @param firstByte from a request's head to that of its answer
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Totals(
      long[] codes,
      long bytesIn,
      long bytesOut,
      Times latency,
      Times firstByte,
      Map<Long, ReplicaStats.Totals> replicas) {
    public Totals {
      replicas = Map.copyOf(replicas);
    }

    /// The sum over all event loops.
    public static Totals sum(List<Totals> parts) {
      Totals sum = new Totals(new long[CODE_CLASSES], 0, 0, Times.empty(), Times.empty(), Map.of());
      for (Totals part : parts) {
        sum = sum.plus(part);
      }
      return sum;
    }

    private Totals plus(Totals other) {
      Map<Long, ReplicaStats.Totals> both = new HashMap<>(replicas);
      other.replicas.forEach((key, value) -> both.merge(key, value, ReplicaStats.Totals::plus));
      return new Totals(
          Times.sum(codes, other.codes),
          bytesIn + other.bytesIn,
          bytesOut + other.bytesOut,
          latency.plus(other.latency),
          firstByte.plus(other.firstByte),
          both);
    }
  }

  /// Durations in two grains.
  ///
  /// @param fine counts of a native histogram, see [#FIRST_INDEX]
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  public record Times(long[] fine, Buckets.Snapshot coarse) {
    /// Schema of the native histogram.
    public static final int SCHEMA = FineBuckets.SCHEMA;

    /// Index of the first of the fine counts in a native histogram.
    public static final int FIRST_INDEX = FineBuckets.FIRST_INDEX;

    static Times empty() {
      return new Times(new FineBuckets().snapshot(), Buckets.Snapshot.empty());
    }

    Times plus(Times other) {
      return new Times(sum(fine, other.fine), coarse.plus(other.coarse));
    }

    private static long[] sum(long[] one, long[] other) {
      long[] sum = one.clone();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other[i];
      }
      return sum;
    }
  }

  /// Statistics of one replica.
  public ReplicaStats replica(int id, int generation) {
    return replicas.computeIfAbsent(key(id, generation), _ -> new ReplicaStats());
  }

  /// Key of a replica in [Totals#replicas].
  public static long key(int id, int generation) {
    return (long) id << 32 | generation;
  }

  /// Bytes of a body came from a client.
  public void in(long bytes) {
    bytesIn += bytes;
  }

  /// Bytes of a body went to a client.
  public void out(long bytes) {
    bytesOut += bytes;
  }

  void firstByte(long nanos) {
    firstByte.record(nanos);
    coarseFirstByte.record(nanos);
  }

  void latency(long nanos) {
    latency.record(nanos);
    coarseLatency.record(nanos);
  }

  /// A request ended.
  ///
  /// @param status 0 without an answer
  public void finished(int status) {
    codes[Math.clamp(status / 100, 0, CODE_CLASSES - 1)]++;
  }

  Buckets coarseLatency() {
    return coarseLatency;
  }

  Buckets coarseFirstByte() {
    return coarseFirstByte;
  }

  /// Copies the totals; forgets replicas that are not among `known`. On the event loop.
  public Totals totals(Set<Long> known) {
    replicas.keySet().retainAll(known);
    Map<Long, ReplicaStats.Totals> copies = new HashMap<>();
    replicas.forEach((key, stats) -> copies.put(key, stats.totals()));
    return new Totals(
        codes.clone(),
        bytesIn,
        bytesOut,
        new Times(latency.snapshot(), coarseLatency.snapshot()),
        new Times(firstByte.snapshot(), coarseFirstByte.snapshot()),
        copies);
  }
}
