package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.ResponseEncoder;
import io.fleetserve.loadbalancer.http.ResponseEncoder.Persistence;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.upstream.UpstreamConnection;
import io.fleetserve.loadbalancer.upstream.UpstreamFailure;
import io.fleetserve.loadbalancer.upstream.UpstreamUser;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Carries the answer of one attempt from the replica's connection to the client's, with back
/// pressure, and after 101 the bytes of both directions. Confined to its lane.
///
/// Owns the encoded head until the first piece of the body or the end of what was read: a small
/// body is copied behind it, so that a small answer is one buffer and one system call.
final class Relay implements UpstreamUser {
  private static final int SMALL = 4 << 10;

  private final Exchange exchange;
  private final ClientConnection client;
  private final RequestFacts facts;
  private final UpstreamConnection upstream;
  private @Nullable ByteBuf pending;
  private int status;
  private boolean failure;
  private boolean close;
  private boolean untilClose;
  private boolean tunnel;

  Relay(Exchange exchange, ClientConnection client, UpstreamConnection upstream) {
    this.exchange = exchange;
    this.client = client;
    this.facts = exchange.facts();
    this.upstream = upstream;
  }

  UpstreamConnection upstream() {
    return upstream;
  }

  /// Status of the final answer; 0 before.
  int status() {
    return status;
  }

  /// Nothing of the final answer was written.
  boolean isUnsent() {
    return status == 0 || pending != null;
  }

  boolean isTunnel() {
    return tunnel;
  }

  /// The client learns the end of the answer from the end of the connection.
  boolean endsWithConnection() {
    return untilClose;
  }

  /// Releases what was not written.
  void drop() {
    ByteBuf unsent = pending;
    pending = null;
    if (unsent != null) {
      unsent.release();
    }
  }

  @Override
  public boolean isHead() {
    return facts.isHead();
  }

  @Override
  public boolean wantsContentOnly() {
    return facts.minorVersion() == 0;
  }

  @Override
  public void onInterim(ResponseHead head) {
    exchange.progress();
    if (facts.minorVersion() == 0
        || (head.status() == 100 && !client.interim().takeContinue(facts))) {
      return;
    }
    client.write(
        ResponseEncoder.encode(
            head, client.allocator(), facts.requestId(), Persistence.DEFAULT, false, 0));
    client.flush();
  }

  @Override
  public boolean onSwitch(ResponseHead head) {
    if (!facts.isWebSocket()) {
      return false;
    }
    status = 101;
    tunnel = true;
    exchange.answering(false);
    client.write(
        ResponseEncoder.encode(
            head, client.allocator(), facts.requestId(), Persistence.UPGRADE, false, 0));
    client.tunnel(this);
    return true;
  }

  @Override
  public void onHead(ResponseHead head, boolean endsWithConnection) {
    status = head.status();
    failure = status >= 500 && status != 501 && status != 505;
    exchange.answering(failure);
    boolean bodiless = head.isBodiless(facts.isHead());
    boolean chunked = head.isChunked() && facts.minorVersion() == 1;
    untilClose = endsWithConnection || (head.isChunked() && !chunked && !bodiless);
    close = untilClose || !exchange.hasWholeBody() || !client.mayLiveOn(facts);
    Persistence persistence =
        close
            ? Persistence.CLOSE
            : facts.minorVersion() == 0 ? Persistence.KEEP_ALIVE : Persistence.DEFAULT;
    int room = 0;
    if (!bodiless) {
      room = head.contentLength() < 0 ? SMALL / 2 : (int) Math.min(SMALL, head.contentLength());
    }
    pending =
        ResponseEncoder.encode(
            head, client.allocator(), facts.requestId(), persistence, chunked, room);
  }

  @Override
  public void onBody(ByteBuf piece) {
    exchange.progress();
    exchange.log().out(piece.readableBytes());
    ByteBuf head = pending;
    if (head != null && piece.readableBytes() <= head.writableBytes()) {
      head.writeBytes(piece);
      piece.release();
      return;
    }
    writePending();
    client.write(piece);
    pushBack();
  }

  private void writePending() {
    ByteBuf head = pending;
    pending = null;
    if (head != null) {
      client.write(head);
    }
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
    writePending();
    client.flush();
    if (!client.isWritable() && !exchange.isDone()) {
      upstream.reading(false);
    }
  }

  @Override
  public void onEnd(UpstreamConnection connection, boolean reusable) {
    writePending();
    exchange.answered(this, failure);
    if (reusable && !untilClose && exchange.hasWholeBody()) {
      client.pool().give(connection);
    } else {
      connection.abort();
    }
    client.answered(close);
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
      client.answered(true);
    } else {
      exchange.failed(why);
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
