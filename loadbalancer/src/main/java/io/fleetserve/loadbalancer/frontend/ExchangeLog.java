package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.ReplicaKey;
import io.fleetserve.loadbalancer.telemetry.AccessEntry;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import org.jspecify.annotations.Nullable;

/// What is noted about one request on its way, for statistics and the access log. Confined to its
/// lane.
final class ExchangeLog {
  private final long startedAt = System.nanoTime();
  private int replica;
  private int generation;
  private int attempts;
  private long bytesIn;
  private long bytesOut;
  private long heldNanos;
  private long firstByteMillis = -1;

  /// A replica was chosen.
  void placed(ReplicaKey key) {
    replica = key.replicaId();
    generation = key.generation();
    attempts++;
  }

  void in(long bytes) {
    bytesIn += bytes;
  }

  void out(long bytes) {
    bytesOut += bytes;
  }

  void held(long nanos) {
    heldNanos += nanos;
  }

  long heldNanos() {
    return heldNanos;
  }

  /// Notes the first byte of the answer; returns the milliseconds until then.
  long firstByte() {
    firstByteMillis = millis();
    return firstByteMillis;
  }

  /// Milliseconds since the request was accepted.
  long millis() {
    return (System.nanoTime() - startedAt) / 1_000_000;
  }

  void write(
      AccessLog.@Nullable Part log,
      String service,
      RequestFacts facts,
      byte[] client,
      int status,
      String outcome) {
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
            firstByteMillis,
            millis(),
            facts.requestId(),
            client,
            outcome));
  }
}
