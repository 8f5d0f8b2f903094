package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.upstream.Upstream;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import io.fleetserve.loadbalancer.upstream.UpstreamPool;
import io.fleetserve.loadbalancer.upstream.UpstreamUser;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Carries the answer of one attempt from the replica's side to the client's, with back pressure,
/// and after 101 the bytes of both directions. Confined to its lane.
final class Relay implements UpstreamUser {
  private final Exchange exchange;
  private final Downstream client;
  private final RequestFacts facts;
  private final UpstreamPool pool;
  private final Upstream upstream;
  private final @Nullable AnswerTokens tokens;
  private int status;
  private boolean failure;
  private boolean tunnel;

  /// @param pool where the upstream goes when it can be used again
  /// @param tokens counts those of the answer; null where nobody goes by them
  Relay(
      Exchange exchange,
      Downstream client,
      UpstreamPool pool,
      Upstream upstream,
      @Nullable AnswerTokens tokens) {
    this.exchange = exchange;
    this.client = client;
    this.facts = exchange.facts();
    this.pool = pool;
    this.upstream = upstream;
    this.tokens = tokens;
  }

  Upstream upstream() {
    return upstream;
  }

  /// Status of the final answer; 0 before.
  int status() {
    return status;
  }

  /// Nothing of the final answer was written.
  boolean isUnsent() {
    return status == 0 || client.isHeadUnsent();
  }

  boolean isTunnel() {
    return tunnel;
  }

  /// Releases what was not written.
  void drop() {
    if (status != 0) {
      client.dropHead();
    }
  }

  @Override
  public boolean isHead() {
    return facts.isHead();
  }

  @Override
  public boolean wantsContentOnly() {
    return client.wantsContentOnly(facts);
  }

  @Override
  public void onInterim(ResponseHead head) {
    if (exchange.relay() != this) {
      return;
    }
    exchange.progress();
    client.interim(head, facts);
  }

  @Override
  public boolean onSwitch(ResponseHead head) {
    if (!facts.isWebSocket()) {
      return false;
    }
    status = 101;
    tunnel = true;
    if (!exchange.answering(this, false)) {
      return false;
    }
    client.switchProtocol(head, facts, this);
    return true;
  }

  @Override
  public void onHead(ResponseHead head, boolean untilClose) {
    int answered = head.status();
    failure = answered >= 500 && answered != 501 && answered != 505;
    if (!exchange.answering(this, failure)) {
      return;
    }
    status = answered;
    AnswerTokens counted = tokens;
    if (counted != null) {
      counted.head(head);
    }
    client.head(head, facts, untilClose, exchange.hasWholeBody());
  }

  @Override
  public void onBody(ByteBuf piece) {
    exchange.progress();
    exchange.log().out(piece.readableBytes());
    AnswerTokens counted = tokens;
    if (counted != null) {
      counted.read(piece);
    }
    client.write(piece);
    pushBack();
  }

  @Override
  public void onTrailers(HeaderFields trailers) {
    client.trailers(trailers);
  }

  /// Stops reading from the replica while the client takes nothing.
  private void pushBack() {
    if (!client.isWritable()) {
      upstream.reading(false);
    }
  }

  /// The client takes bytes again.
  void resume() {
    exchange.progress();
    upstream.reading(true);
  }

  @Override
  public void onReadComplete() {
    client.flush();
    if (!client.isWritable() && !exchange.isDone()) {
      upstream.reading(false);
    }
  }

  @Override
  public void onEnd(Upstream used, boolean reusable) {
    AnswerTokens counted = tokens;
    if (counted != null) {
      counted.complete();
    }
    exchange.answered(this, failure);
    if (reusable && exchange.hasWholeBody()) {
      pool.give(used);
    } else {
      used.abort();
    }
    client.answered();
  }

  @Override
  public void onWritabilityChanged() {
    exchange.progress();
    client.updateReading();
  }

  @Override
  public void onFailure(UpstreamFailure why) {
    if (tunnel) {
      exchange.answered(this, false);
      client.answered();
    } else {
      exchange.failed(this, why);
    }
  }

  /// Bytes of the replica after 101.
  @Override
  public void onTunnelData(ByteBuf data) {
    exchange.log().out(data.readableBytes());
    client.write(data);
    pushBack();
  }

  /// Bytes of the client after 101; owned from here on.
  void fromClient(ByteBuf data) {
    exchange.log().in(data.readableBytes());
    upstream.write(data);
  }
}
