package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.admission.HoldQueue.Entry.Refused;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;

/// What the load balancer says itself.
final class Answers {
  static final OwnAnswer WAITED_TOO_LONG =
      new OwnAnswer(503, "no_replica", "No replica became ready in time.", 5);
  static final OwnAnswer TOO_MANY_WAIT =
      new OwnAnswer(503, "no_replica", "No replica is ready and too many requests wait.", 5);
  static final OwnAnswer BUSY_TOO_LONG =
      new OwnAnswer(503, "overloaded", "All replicas were busy for too long.", 5);
  static final OwnAnswer TOO_LATE =
      new OwnAnswer(504, "request_timeout", "The request took longer than the service allows.", 0);
  static final OwnAnswer NO_SERVICE =
      new OwnAnswer(404, "no_such_service", "There is no such service here.", 0);
  static final OwnAnswer FAILED =
      new OwnAnswer(502, "replica_failed", "The replica failed before it answered.", 0);
  static final OwnAnswer SILENT =
      new OwnAnswer(504, "replica_silent", "The replica did not answer in time.", 0);
  static final OwnAnswer INVALID =
      new OwnAnswer(502, "invalid_answer", "The replica sent an invalid answer.", 0);
  static final OwnAnswer SLOW_HEAD =
      new OwnAnswer(408, "request_timeout", "The head of the request did not come in time.", 0);
  static final OwnAnswer SLOW_BODY =
      new OwnAnswer(408, "request_timeout", "The body of the request did not come in time.", 0);

  private Answers() {}

  /// Why a request may not wait.
  static OwnAnswer of(Refused refused) {
    int again = refused.retryAfterSeconds();
    return switch (refused.why()) {
      case OVERLOADED ->
          new OwnAnswer(503, "overloaded", "All replicas are busy and many requests wait.", again);
      case GREEDY ->
          new OwnAnswer(429, "too_many_requests", "Too many requests of this client wait.", again);
      case FULL, WAITS -> TOO_MANY_WAIT;
    };
  }

  /// Why there is no answer of a replica.
  static OwnAnswer of(UpstreamFailure failure) {
    return switch (failure) {
      case SILENT, LATE -> SILENT;
      case MALFORMED -> INVALID;
      case REFUSED, UNREACHABLE, UNTRUSTED, LOCAL, UNPROCESSED, CLOSED, BROKEN -> FAILED;
    };
  }
}
