package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.ReplicaKey;
import io.fleetserve.loadbalancer.telemetry.AccessEntry;
import io.fleetserve.loadbalancer.telemetry.AccessLog;
import io.fleetserve.loadbalancer.telemetry.RequestTrace;
import io.fleetserve.loadbalancer.telemetry.TrafficStats;
import io.fleetserve.loadbalancer.telemetry.Try;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is noted about one request on its way, for statistics and the access log. Confined to its
/// lane.
final class ExchangeLog {
  private static final int MOST_TRIES = 16;

  private final long startedAt = System.nanoTime();
  private final @Nullable TrafficStats traffic;
  private int replica;
  private int generation;
  private int attempts;
  private long bytesIn;
  private long bytesOut;
  private long heldNanos;
  private long firstByteNanos = -1;

  private long placedNanos = -1;
  private long sentNanos = -1;
  private List<Try> tries = List.of();
  private @Nullable RequestTrace trace;

  /// @param traffic of the service; null when the request named none
  /// @param trace null when the request is not traced
  ExchangeLog(@Nullable TrafficStats traffic, @Nullable RequestTrace trace) {
    this.traffic = traffic;
    this.trace = trace;
  }

  /// The request is sent to the replica that was chosen.
  ///
  /// @param now monotonic nanoseconds
  void sent(long now) {
    sentNanos = now - startedAt;
  }

  /// The attempt failed.
  ///
  /// @param now monotonic nanoseconds
  void failed(UpstreamFailure failure, long now) {
    if (tries.isEmpty()) {
      tries = new ArrayList<>(2);
    }
    if (tries.size() < MOST_TRIES) {
      tries.add(
          new Try(
              replica,
              generation,
              micros(placedNanos),
              micros(sentNanos),
              micros(now - startedAt),
              failure.name()));
    }
    RequestTrace spans = trace;
    if (spans != null) {
      spans.attemptFailed(failure.name());
    }
  }

  private static long micros(long nanos) {
    return nanos < 0 ? -1 : nanos / 1000;
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
    placedNanos = nanos();
    sentNanos = -1;
    RequestTrace spans = trace;
    if (spans != null) {
      spans.attempt(replica, generation);
    }
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
      int status,
      String outcome) {
    TrafficStats counts = traffic;
    if (counts != null) {
      counts.finished(status);
    }
    RequestTrace spans = trace;
    if (spans != null) {
      trace = null;
      spans.end(service, status, outcome, bytesIn, bytesOut);
    }
    if (log == null) {
      return;
    }
    long end = nanos();
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
            end / 1_000_000,
            facts.requestId(),
            facts.client(),
            outcome,
            facts.protocol(),
            facts.tls(),
            micros(placedNanos),
            micros(sentNanos),
            micros(firstByteNanos),
            micros(end),
            tries));
  }
}
