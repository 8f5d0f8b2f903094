package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.ReplicaKey;
import io.fleetserve.loadbalancer.telemetry.AccessEntry;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.telemetry.TrafficStats;
import org.jspecify.annotations.Nullable;

/// What is noted about one request on its way, for statistics and the access log. Confined to its
/// lane.
final class ExchangeLog {
  private final long startedAt = System.nanoTime();
  private final @Nullable TrafficStats traffic;
  private int replica;
  private int generation;
  private int attempts;
  private long bytesIn;
  private long bytesOut;
  private long heldNanos;
  private long firstByteNanos = -1;

  /// @param traffic of the service; null when the request named none
  ExchangeLog(@Nullable TrafficStats traffic) {
    this.traffic = traffic;
  }

  /// Monotonic nanoseconds at which the request was accepted.
  long startedAt() {
    return startedAt;
  }

  /// A replica was chosen.
  void placed(ReplicaKey key) {
    replica = key.replicaId();
    generation = key.generation();
    attempts++;
  }

  void in(long bytes) {
    bytesIn += bytes;
    TrafficStats counts = traffic;
    if (counts != null) {
      counts.in(bytes);
    }
  }

  void out(long bytes) {
    bytesOut += bytes;
    TrafficStats counts = traffic;
    if (counts != null) {
      counts.out(bytes);
    }
  }

  void held(long nanos) {
    heldNanos += nanos;
  }

  long heldNanos() {
    return heldNanos;
  }

  /// Notes the first byte of the answer; returns the nanoseconds until then.
  long firstByte() {
    firstByteNanos = nanos();
    return firstByteNanos;
  }

  /// Nanoseconds since the request was accepted.
  long nanos() {
    return System.nanoTime() - startedAt;
  }

  void write(
      AccessLog.@Nullable Part log,
      String service,
      RequestFacts facts,
      byte[] client,
      int status,
      String outcome) {
    TrafficStats counts = traffic;
    if (counts != null) {
      counts.finished(status);
    }
    if (log == null) {
      return;
    }
    log.add(
        new AccessEntry(
            facts.acceptedMillis(),
            service,
            replica,
            generation,
            facts.method(),
            facts.path(),
            status,
            attempts,
            bytesIn,
            bytesOut,
            heldNanos / 1_000_000,
            firstByteNanos < 0 ? -1 : firstByteNanos / 1_000_000,
            nanos() / 1_000_000,
            facts.requestId(),
            client,
            outcome));
  }
}
