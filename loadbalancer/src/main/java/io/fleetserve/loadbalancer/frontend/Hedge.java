package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.upstream.ConnectListener;
import io.fleetserve.loadbalancer.upstream.Upstream;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import org.jspecify.annotations.Nullable;

/// The second attempt of a request whose first one is slow to answer, until one of the two is
/// settled on. Confined to its lane.
///
///     CONNECTING --connected--> SENT --+--> settled: it is the request's attempt now
///          +----- failed, cancelled ---+--> over
final class Hedge implements ConnectListener {
  private final Attempts attempts;
  private final LaneServices parts;
  private final Attempt attempt;
  private @Nullable Relay relay;
  private boolean over;

  /// @param attempt not begun
  Hedge(Attempts attempts, LaneServices parts, Attempt attempt) {
    this.attempts = attempts;
    this.parts = parts;
    this.attempt = attempt;
  }

  /// Goes to a replica where the request was counted just now.
  void start(Replica chosen) {
    attempt.begin(chosen);
    Upstream pooled = parts.pool().take(chosen, true, false);
    if (pooled != null) {
      send(pooled);
    } else {
      parts.pool().connect(chosen, false, this);
    }
  }

  @Override
  public void onConnected(Upstream connection) {
    if (over) {
      parts.pool().give(connection);
    } else {
      send(connection);
    }
  }

  private void send(Upstream to) {
    attempt.sent(System.nanoTime());
    relay = attempts.sendOver(to);
  }

  @Override
  public void onConnectFailure(UpstreamFailure failure) {
    if (!over) {
      attempts.hedgeFailed(failure);
    }
  }

  /// Its answer; null while there is no connection.
  @Nullable Relay relay() {
    return relay;
  }

  /// No answer came from it.
  void failed(UpstreamFailure why, long now) {
    attempt.failed(why, now);
    end();
  }

  /// It answered that its replica is in trouble, and the other attempt may do better.
  void refused() {
    attempt.errorAnswer();
    abort();
    end();
  }

  /// The other attempt was faster.
  void cancel() {
    abort();
    attempt.unknown();
    end();
  }

  private void abort() {
    Relay answer = relay;
    if (answer != null) {
      answer.upstream().abort();
    }
  }

  private void end() {
    over = true;
    relay = null;
    attempt.leave();
  }

  /// It is the request's attempt from here on.
  Attempt settle() {
    over = true;
    return attempt;
  }
}
