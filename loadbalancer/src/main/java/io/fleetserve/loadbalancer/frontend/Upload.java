package io.fleetserve.loadbalancer.frontend;

import io.netty.buffer.ByteBuf;

/// The body of one request on its way from the client to the replica of the current attempt, or
/// into memory while there is none. Confined to its lane.
final class Upload {
  private final RequestBody body;
  private final Downstream client;
  private final Attempts attempts;
  private final Holding holding;
  private final TimeLimits limits;
  private final ExchangeLog log;

  Upload(
      RequestBody body,
      Downstream client,
      Attempts attempts,
      Holding holding,
      TimeLimits limits,
      ExchangeLog log) {
    this.body = body;
    this.client = client;
    this.attempts = attempts;
    this.holding = holding;
    this.limits = limits;
    this.log = log;
  }

  /// Whether the client should go on sending.
  boolean isWanted() {
    Relay to = attempts.relay();
    if (to != null) {
      return to.upstream().isWritable();
    }
    return !body.isFull() && (!holding.isHeld() || holding.hasRoom());
  }

  /// A piece came; owned from here on.
  void take(ByteBuf piece) {
    log.in(piece.readableBytes());
    Relay to = attempts.relay();
    if (to != null) {
      limits.progress();
      body.forward(piece, to.upstream(), client.allocator());
      return;
    }
    long before = body.buffered();
    body.add(piece, client.allocator());
    if (holding.isHeld()) {
      holding.grow(body.buffered() - before);
    }
  }

  /// All of it came.
  ///
  /// @param now monotonic nanoseconds, a tick late at most
  void complete(long now) {
    body.complete();
    limits.asked(now);
    limits.progress();
  }

  /// The client sent all it has for now.
  void flush() {
    Relay to = attempts.relay();
    if (to != null) {
      to.upstream().flush();
    }
  }
}
