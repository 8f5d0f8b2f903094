package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.api.wire.ServiceRoute.HedgeRule;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.upstream.Upstream;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The attempts of one request: one at a time, and beside it a hedge while its first byte is late.
/// Confined to its lane.
///
/// Hedging ends with the first good answer: the other attempt is cancelled at once. An answer that
/// says its replica is in trouble is dropped while the other attempt is under way. A hedge takes a
/// retry out of the service's budget for as long as there are two.
final class Attempts {
  private final Exchange exchange;
  private final LaneServices parts;
  private final Downstream client;
  private final Service service;
  private final OutgoingRequest request;
  private final Retries retries;
  private Attempt current;
  private @Nullable Relay relay;
  private @Nullable Hedge hedge;
  private @Nullable ScheduledFuture<?> timer;
  private boolean hedged;
  private long sentAt;

  Attempts(
      Exchange exchange,
      LaneServices parts,
      Downstream client,
      Service service,
      OutgoingRequest request,
      Retries retries) {
    this.exchange = exchange;
    this.parts = parts;
    this.client = client;
    this.service = service;
    this.request = request;
    this.retries = retries;
    this.current = attempt();
  }

  private Attempt attempt() {
    return new Attempt(
        service, service.stats(parts.lane().index()), parts.urgency(), parts.holds());
  }

  /// The attempt that counts.
  Attempt current() {
    return current;
  }

  /// The answer of the current attempt; null while there is none.
  @Nullable Relay relay() {
    return relay;
  }

  /// The current attempt is over, or starts anew: its answer is forgotten.
  @Nullable Relay takeRelay() {
    Relay was = relay;
    relay = null;
    stopTimer();
    return was;
  }

  /// Sends the request for the current attempt.
  void send(Upstream to, long now) {
    retries.sent(now);
    sentAt = now;
    current.sent(now);
    relay = sendOver(to);
    HedgeRule rule = service.route().rule().protection().hedge();
    if (rule.enabled() && !hedged && retries.mayHedge(rule)) {
      long delay = rule.afterMillis() > 0 ? rule.afterMillis() * 1_000_000 : service.slowNanos();
      if (delay > 0) {
        timer = parts.lane().loop().schedule(this::hedge, delay, TimeUnit.NANOSECONDS);
      }
    }
  }

  /// Sends the request and returns what gets its answer.
  Relay sendOver(Upstream to) {
    AnswerTokens tokens =
        service.route().rule().countsTokens()
            ? new AnswerTokens(service.stats(parts.lane().index()), exchange.facts())
            : null;
    Relay answer = new Relay(exchange, client, parts.pool(), to, tokens);
    request.send(to, answer);
    return answer;
  }

  private void hedge() {
    timer = null;
    boolean whole = request.body().isComplete() && request.body().isKept();
    // A place that others wait for is not taken twice.
    boolean crowded = service.route().isLimited() && service.held().get() > 0;
    if (relay == null || !whole || crowded || !exchange.isUnanswered() || service.isRemoved()) {
      return;
    }
    if (!service.mayRetry()) {
      return;
    }
    Set<Replica> avoid = new HashSet<>(retries.avoid());
    avoid.add(current.replica());
    Replica other = service.acquire(exchange.facts().session(), avoid);
    if (other == null) {
      service.retried();
      return;
    }
    hedged = true;
    service.hedges().started();
    Hedge second = new Hedge(this, parts, attempt());
    hedge = second;
    second.start(other);
  }

  /// An answer begins; false if it is dropped because the other attempt may do better.
  ///
  /// @param failure it says that the replica is in trouble
  boolean answering(Relay by, boolean failure) {
    stopTimer();
    Hedge second = hedge;
    boolean settles = second == null || settles(by, second, failure);
    if (settles) {
      service.firstByte(sentAt);
    }
    return settles;
  }

  private boolean settles(Relay by, Hedge second, boolean failure) {
    if (by == relay) {
      if (failure && second.relay() != null) {
        current.errorAnswer();
        by.upstream().abort();
        current.leave();
        promote(second);
        return false;
      }
      settled();
      second.cancel();
      return true;
    }
    if (failure) {
      settled();
      second.refused();
      return false;
    }
    Relay slow = relay;
    if (slow != null) {
      slow.upstream().abort();
    }
    current.unknown();
    current.leave();
    promote(second);
    service.hedges().won();
    return true;
  }

  private void promote(Hedge second) {
    settled();
    current = second.settle();
    relay = second.relay();
    exchange.log().placed(current.replica().key());
  }

  private void settled() {
    hedge = null;
    service.retried();
  }

  /// An attempt ended without an answer; true if the other one goes on.
  boolean failed(@Nullable Relay by, UpstreamFailure why) {
    Hedge second = hedge;
    if (second == null) {
      return false;
    }
    if (by != null && by == second.relay()) {
      hedgeFailed(why);
      return true;
    }
    if (second.relay() == null) {
      settled();
      second.cancel();
      return false;
    }
    current.failed(why, System.nanoTime());
    current.leave();
    promote(second);
    return true;
  }

  /// The hedge ended without an answer.
  void hedgeFailed(UpstreamFailure why) {
    Hedge second = hedge;
    if (second != null) {
      settled();
      second.failed(why, System.nanoTime());
    }
  }

  /// Gives all attempts up; nothing was learnt of the replicas.
  void giveUp() {
    Hedge second = hedge;
    if (second != null) {
      settled();
      second.cancel();
    }
    Relay to = takeRelay();
    if (to != null) {
      to.upstream().abort();
      to.drop();
    }
    current.unknown();
    current.leave();
  }

  private void stopTimer() {
    ScheduledFuture<?> running = timer;
    timer = null;
    if (running != null) {
      running.cancel(false);
    }
  }
}
