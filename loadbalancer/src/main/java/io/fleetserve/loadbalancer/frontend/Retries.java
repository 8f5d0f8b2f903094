package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.wire.ServiceRoute.HedgeRule;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import java.util.HashSet;
import java.util.Set;

/// Whether and where one request may be sent again. Confined to its lane.
///
/// Not sent, for example because the connection was refused: always, to another replica. Sent and
/// lost: only what is idempotent (RFC 9110 section 9.2.2) or declared repeatable, as often as the
/// service allows, and within its budget.
final class Retries {
  private final Service service;
  private final RequestFacts facts;
  private final ProxySettings settings;
  private Set<Replica> avoid = Set.of();
  private int sends;
  private long sentAt;
  private boolean staleRetried;
  private boolean budgeted;

  Retries(Service service, RequestFacts facts, ProxySettings settings) {
    this.service = service;
    this.facts = facts;
    this.settings = settings;
  }

  /// Replicas that failed this request since it last waited.
  Set<Replica> avoid() {
    return avoid;
  }

  void avoid(Replica failed) {
    Set<Replica> more = new HashSet<>(avoid);
    more.add(failed);
    avoid = more;
  }

  /// All replicas may be tried again.
  void avoidNone() {
    avoid = Set.of();
  }

  /// Nothing went wrong yet.
  boolean isUntried() {
    return sends == 0 && avoid.isEmpty();
  }

  /// The request is sent.
  void sent(long now) {
    sends++;
    sentAt = now;
  }

  /// Whether the request may be sent more than once although a replica may have seen it.
  boolean isRepeatable() {
    return facts.isIdempotent() || !service.route().rule().retry().idempotentOnly();
  }

  /// Whether the request may be at two replicas at once.
  boolean mayHedge(HedgeRule rule) {
    return !facts.isWebSocket() && (facts.isIdempotent() || !rule.idempotentOnly());
  }

  /// Whether the attempt most likely met a kept connection that the replica had closed already, so
  /// that it is no fault of the replica; true once per request at most, and only for what may be
  /// sent twice: a replica that crashed while it worked looks the same.
  ///
  /// @param reused the connection had carried a request before
  /// @param now monotonic nanoseconds
  boolean takeStale(UpstreamFailure failure, boolean reused, boolean bodyKept, long now) {
    boolean stale =
        failure == UpstreamFailure.CLOSED
            && reused
            && bodyKept
            && isRepeatable()
            && !staleRetried
            && now - sentAt < settings.times().stale().toNanos();
    if (stale) {
      staleRetried = true;
      sends--;
    }
    return stale;
  }

  /// Whether the rules allow another attempt; the budget is another question.
  boolean mayRepeat(UpstreamFailure failure, boolean bodyKept) {
    if (failure == UpstreamFailure.UNPROCESSED) {
      // It does not count as sent, but the body is gone if it was not kept.
      sends--;
      return bodyKept;
    }
    if (failure.isNotSent()) {
      return true;
    }
    var rule = service.route().rule().retry();
    return failure != UpstreamFailure.SILENT
        && bodyKept
        && isRepeatable()
        && sends < rule.attempts();
  }

  /// A request that a replica may have seen is sent again only within the service's budget: false
  /// if that is used up now.
  boolean takeBudget() {
    if (sends > 0 && !budgeted) {
      budgeted = service.mayRetry();
      return budgeted;
    }
    return true;
  }

  void giveBackBudget() {
    if (budgeted) {
      budgeted = false;
      service.retried();
    }
  }
}
