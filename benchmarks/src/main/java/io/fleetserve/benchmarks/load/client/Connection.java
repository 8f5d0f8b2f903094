package io.fleetserve.benchmarks.load.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.LongSupplier;

/// One client connection with at most one request under way, confined to its event loop.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write reaches exceptionCaught
final class Connection extends ChannelInboundHandlerAdapter implements ResponseReader.Sink {
  private final Channel channel;
  private final Traffic traffic;
  private final Tally tally;
  private final LongSupplier clock;
  private final ResponseReader reader = new ResponseReader(this);
  private long dueNanos;
  private boolean busy;
  private int bodyLeft;

  Connection(Channel channel, Traffic traffic, Tally tally, LongSupplier clock) {
    this.channel = channel;
    this.traffic = traffic;
    this.tally = tally;
    this.clock = clock;
  }

  /// Sends one request.
  ///
  /// @param request a complete request, or its head; not released
  /// @param bodyBytes bytes of body that follows the head
  /// @param dueNanos when it should be sent
  void send(ByteBuf request, int bodyBytes, long dueNanos) {
    this.dueNanos = dueNanos;
    busy = true;
    bodyLeft = bodyBytes;
    channel.writeAndFlush(request.retainedDuplicate(), channel.voidPromise());
    if (bodyBytes > 0) {
      fill();
    }
  }

  boolean isBusy() {
    return busy;
  }

  /// When the request under way should have been sent.
  long dueNanos() {
    return dueNanos;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    traffic.ready(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      reader.read(buffer);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (bodyLeft > 0 && channel.isWritable()) {
      fill();
    }
  }

  private void fill() {
    while (bodyLeft > 0 && channel.isWritable()) {
      ByteBuf block = Requests.block(bodyLeft);
      bodyLeft -= block.readableBytes();
      tally.received(block.readableBytes());
      channel.write(block, channel.voidPromise());
    }
    channel.flush();
  }

  @Override
  public void body(int length) {
    tally.received(length);
  }

  @Override
  public void event(long stampNanos) {
    tally.completed(stampNanos, clock.getAsLong());
  }

  @Override
  public void complete(int status) {
    busy = false;
    if (status == 200) {
      tally.completed(dueNanos, clock.getAsLong());
    } else {
      tally.failed();
    }
    traffic.ready(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    busy = false;
    traffic.lost(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // the connector counts the loss and replaces the connection
  }
}
