package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue;
import io.fleetserve.loadbalancer.endpoint.Fault;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.telemetry.ReplicaStats;
import io.fleetserve.loadbalancer.telemetry.ServiceStats;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import org.jspecify.annotations.Nullable;

/// One request's place at a replica: counted from [#begin] to [#leave], and what is learnt of the
/// replica's health on the way. Confined to its lane.
final class Attempt {
  private final Service service;
  private final ServiceStats stats;
  private final Urgency urgency;
  private final HoldQueue holds;
  private @Nullable Replica replica;
  private @Nullable ReplicaStats counts;
  private long begunAt;
  private long sentAt;
  private boolean failed;

  Attempt(Service service, ServiceStats stats, Urgency urgency, HoldQueue holds) {
    this.holds = holds;
    this.service = service;
    this.stats = stats;
    this.urgency = urgency;
  }

  /// Begins at a replica where the request was counted just now.
  void begin(Replica chosen) {
    replica = chosen;
    failed = false;
    begunAt = System.nanoTime();
    stats.move(0, 1, begunAt);
    ReplicaStats at = stats.traffic().replica(chosen.key().replicaId(), chosen.key().generation());
    at.attempt();
    counts = at;
  }

  /// Where the request is.
  Replica replica() {
    Replica at = replica;
    if (at == null) {
      throw new IllegalStateException("request is at no replica");
    }
    return at;
  }

  /// No answer came.
  void failed(UpstreamFailure failure, long now) {
    failed = true;
    switch (failure) {
      case LOCAL, UNPROCESSED -> unknown();
      case REFUSED -> service.failed(replica(), Fault.REFUSED, now);
      case UNREACHABLE, UNTRUSTED -> service.failed(replica(), Fault.UNREACHABLE, now);
      case CLOSED, BROKEN, MALFORMED, SILENT, LATE ->
          service.failed(replica(), Fault.NO_ANSWER, now);
    }
  }

  /// The request is sent.
  void sent(long now) {
    sentAt = now;
  }

  /// An answer began that says the replica is in trouble.
  void errorAnswer() {
    service.failed(replica(), Fault.ERROR_STATUS, firstByte());
  }

  /// A good answer began.
  void goodAnswer() {
    service.answered(replica(), sentAt, firstByte());
    if (service.succeeded(replica())) {
      urgency.resume(service);
    }
  }

  private long firstByte() {
    long now = System.nanoTime();
    ReplicaStats at = counts;
    if (at != null) {
      at.firstByte(now - begunAt);
    }
    return now;
  }

  /// The answer was complete.
  ///
  /// @param failure it said that the replica is in trouble
  void complete(boolean failure) {
    if (!failure) {
      replica().completed();
    }
    ReplicaStats at = counts;
    if (at != null) {
      at.latency(System.nanoTime() - begunAt);
    }
  }

  /// Nothing can be learnt from how it went.
  void unknown() {
    Replica at = replica;
    if (at != null && service.unknown(at)) {
      urgency.resume(service);
    }
  }

  /// Ends the place, if there is one.
  void leave() {
    Replica at = replica;
    replica = null;
    if (at == null) {
      return;
    }
    long now = System.nanoTime();
    stats.move(0, -1, now);
    if (at.release() && (at.isDraining() || at.isRemoved())) {
      urgency.report();
    }
    if (service.route().isLimited()) {
      freed(now);
    }
  }

  /// A place is free.
  private void freed(long now) {
    if (!failed) {
      service.placeTimes().observe(now - begunAt);
    }
    if (service.held().get() > 0) {
      holds.soon(service);
    }
  }
}
