package io.fleetserve.controller.load;

import io.fleetserve.api.spec.Autoscaling.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/// The load of one service as decisions see it. Missing data is told apart from zero: ask [#fresh]
/// before believing that there is no load.
public interface LoadView {
  /// True when at least one load balancer has reported lately. Without that nothing may be decided.
  boolean speaks(Instant now);

  /// True when every load balancer that counts has reported lately. Without that nothing may be
  /// taken away.
  boolean fresh(Instant now);

  /// Requests that arrived in `(now - window, now]`, over all load balancers.
  Measurement requestsInLast(Duration window, Instant now);

  /// Average number of requests held or in flight over the window, over all load balancers.
  Measurement averageConcurrency(Duration window, Instant now);

  /// Average number of requests held over the window, over all load balancers.
  Measurement averageHeld(Duration window, Instant now);

  /// Requests answered in `(now - window, now]`, over all load balancers.
  Measurement completionsInLast(Duration window, Instant now);

  /// Seconds from accepting a request to the first byte of its answer that `quantile` of the
  /// answers begun in the window did not exceed, from buckets of powers of two; empty when none
  /// began.
  OptionalDouble firstByteSeconds(double quantile, Duration window, Instant now);

  /// Tokens of prompts and completions that answers told of in `(now - window, now]`, over all load
  /// balancers; where some answers did not tell, as if they had cost what the others did on
  /// average. Empty when none told though some should have, or though requests are under way.
  Optional<Measurement> tokensInLast(Duration window, Instant now);

  /// The last answer to a question to Prometheus; empty while there is none that can be believed.
  OptionalDouble queried(Query query, Instant now);

  /// Requests that wait for a replica, by the last reports.
  int held();

  /// Requests at replicas, by the last reports.
  int inFlight();

  /// Replicas that have a request, by the last reports.
  int busyReplicas();

  /// Time since the oldest last report of the load balancers that count; empty when none ever
  /// reported.
  Optional<Duration> lastReportAge(Instant now);
}
