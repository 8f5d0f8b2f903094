package io.fleetserve.benchmarks.load.backend;

import io.fleetserve.benchmarks.load.wire.DirectText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// One connection of the backend, confined to its event loop: `GET /small` (120 bytes), `GET
/// /events` (endless stream), `GET /bytes` (10 MB), `POST /sink` (any body with a Content-Length).
///
/// Understands what the proxies send and no more: a head that fits one buffer, no pipelining.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write reaches exceptionCaught
final class BackendHandler extends ChannelInboundHandlerAdapter {
  static final int LARGE_BYTES = 10_000_000;

  static final String SMALL_BODY =
      """
      {"object":"text_completion","choices":[{"text":"%s"}]}\
      """
          .formatted("y".repeat(68));

  private static final ByteBuf SMALL =
      DirectText.of(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 120\r\n\r\n"
              + SMALL_BODY);
  private static final ByteBuf STREAM_HEAD =
      DirectText.of(
          """
          HTTP/1.1 200 OK\r
          Content-Type: text/event-stream\r
          Cache-Control: no-cache\r
          Transfer-Encoding: chunked\r
          \r
          """);
  private static final ByteBuf LARGE_HEAD =
      DirectText.of(
          "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
              + LARGE_BYTES
              + "\r\n\r\n");
  private static final ByteBuf BLOCK = DirectText.of("0123456789abcdef".repeat(1 << 12));
  private static final ByteBuf NOT_FOUND =
      DirectText.of("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

  private final EventPacer pacer;
  private ByteBuf head = Unpooled.EMPTY_BUFFER;
  private long bodyLeft;
  private int answerLeft;

  BackendHandler(EventPacer pacer) {
    this.pacer = pacer;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    if (bodyLeft > 0) {
      bodyLeft -= buffer.readableBytes();
      buffer.release();
      if (bodyLeft <= 0) {
        context.writeAndFlush(SMALL.retainedDuplicate(), context.voidPromise());
      }
      return;
    }
    ByteBuf whole = head.isReadable() ? Unpooled.wrappedBuffer(head, buffer) : buffer;
    head = Unpooled.EMPTY_BUFFER;
    int length = RequestHead.length(whole);
    if (length < 0) {
      head = whole;
      return;
    }
    try {
      answer(context, whole, length);
    } finally {
      whole.release();
    }
  }

  private void answer(ChannelHandlerContext context, ByteBuf request, int headLength) {
    switch (RequestHead.target(request)) {
      case SMALL -> context.writeAndFlush(SMALL.retainedDuplicate(), context.voidPromise());
      case EVENTS -> {
        context.writeAndFlush(STREAM_HEAD.retainedDuplicate(), context.voidPromise());
        pacer.add(context.channel());
      }
      case BYTES -> {
        answerLeft = LARGE_BYTES;
        context.write(LARGE_HEAD.retainedDuplicate(), context.voidPromise());
        fill(context);
      }
      case SINK -> {
        bodyLeft =
            RequestHead.contentLength(request, headLength) - (request.readableBytes() - headLength);
        if (bodyLeft <= 0) {
          context.writeAndFlush(SMALL.retainedDuplicate(), context.voidPromise());
        }
      }
      case UNKNOWN -> context.writeAndFlush(NOT_FOUND.retainedDuplicate(), context.voidPromise());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (answerLeft > 0 && context.channel().isWritable()) {
      fill(context);
    }
  }

  private void fill(ChannelHandlerContext context) {
    while (answerLeft > 0 && context.channel().isWritable()) {
      int size = Math.min(answerLeft, BLOCK.readableBytes());
      answerLeft -= size;
      context.write(BLOCK.retainedSlice(0, size), context.voidPromise());
    }
    context.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    head.release();
    head = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // a proxy resets what its client left
  }
}
