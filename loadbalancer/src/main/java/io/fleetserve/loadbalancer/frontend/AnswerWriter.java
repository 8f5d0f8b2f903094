package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.ResponseEncoder;
import io.fleetserve.loadbalancer.http.ResponseEncoder.Persistence;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// What goes to the client of an HTTP/1 connection: its answers, one after another. Confined to its
/// lane.
///
/// Owns the encoded head until the first piece of the body or the end of what was read: a small
/// body is copied behind it, so that a small answer is one buffer and one system call.
final class AnswerWriter implements Downstream {
  private static final int SMALL = 4 << 10;

  private final ClientConnection connection;
  private final Channel channel;
  private @Nullable ByteBuf pending;
  private boolean close;
  private boolean untilClose;

  AnswerWriter(ClientConnection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  @Override
  public boolean wantsContentOnly(RequestFacts facts) {
    return facts.minorVersion() == 0;
  }

  @Override
  public void updateReading() {
    connection.updateReading();
  }

  @Override
  public void interim(ResponseHead head, RequestFacts facts) {
    if (facts.minorVersion() == 0
        || (head.status() == 100 && !connection.interim().takeContinue(facts))) {
      return;
    }
    encode(head, facts, Persistence.DEFAULT);
    channel.flush();
  }

  @Override
  public void switchProtocol(ResponseHead head, RequestFacts facts, Relay by) {
    close = true;
    untilClose = false;
    encode(head, facts, Persistence.UPGRADE);
    connection.tunnel(by);
  }

  private void encode(ResponseHead head, RequestFacts facts, Persistence persistence) {
    Channels.write(
        channel,
        ResponseEncoder.encode(head, channel.alloc(), facts.requestId(), persistence, false, 0));
  }

  @Override
  public void head(
      ResponseHead head, RequestFacts facts, boolean endsWithConnection, boolean wholeBody) {
    boolean bodiless = head.isBodiless(facts.isHead());
    boolean chunked = head.isChunked() && facts.minorVersion() == 1;
    untilClose = endsWithConnection || (head.isChunked() && !chunked && !bodiless);
    close = untilClose || !wholeBody || !connection.mayLiveOn(facts);
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
            head, channel.alloc(), facts.requestId(), persistence, chunked, room);
  }

  @Override
  public boolean isHeadUnsent() {
    return pending != null;
  }

  @Override
  public void dropHead() {
    ByteBuf unsent = pending;
    pending = null;
    if (unsent != null) {
      unsent.release();
    }
  }

  @Override
  public void write(ByteBuf piece) {
    ByteBuf head = pending;
    if (head != null && piece.readableBytes() <= head.writableBytes()) {
      head.writeBytes(piece);
      piece.release();
      return;
    }
    writeHead();
    Channels.write(channel, piece);
  }

  private void writeHead() {
    ByteBuf head = pending;
    pending = null;
    if (head != null) {
      Channels.write(channel, head);
    }
  }

  @Override
  public void trailers(HeaderFields trailers) {
    // An HTTP/1.0 client has no place for them.
  }

  @Override
  public void flush() {
    writeHead();
    channel.flush();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void answered() {
    writeHead();
    connection.answered(close);
  }

  @Override
  public void answer(OwnAnswer answer, RequestFacts facts, boolean whole) {
    boolean closing = !whole || !connection.mayLiveOn(facts) || answer.status() == 404;
    Channels.write(
        channel, answer.encode(channel.alloc(), facts.isHead(), closing, facts.requestId()));
    connection.answered(closing);
  }

  @Override
  public void abort() {
    // The client would take the plain end of the connection for the end of the answer.
    connection.abort(untilClose);
  }
}
