package io.fleetserve.loadbalancer.warmup;

import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// A replica that answers every request as soon as it has read its end. Confined to its event loop.
final class WarmReplica extends ChannelInboundHandlerAdapter {
  /// Last byte of every answer's content, and of nothing else.
  static final byte END = '~';

  private static final int EVENTS = 4;
  private static final byte[] PLAIN = plain();
  private static final byte[] STREAM_HEAD =
      Octets.ascii(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  private static final byte[] EVENT =
      chunk("data: {\"choices\":[{\"delta\":{\"content\":\"word\"}}]}");
  private static final byte[] LAST = Octets.ascii("7\r\n[DONE]~\r\n0\r\n\r\n");

  private boolean begun;
  private boolean streams;

  private static byte[] plain() {
    String body =
        "{\"choices\":[{\"message\":{\"content\":\"%s\"}}]}~".formatted("word ".repeat(20));
    return Octets.ascii(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body));
  }

  private static byte[] chunk(String text) {
    return Octets.ascii("%x\r\n%s\r\n".formatted(text.length(), text));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (!begun) {
      begun = true;
      streams = data.getByte(data.readerIndex() + "POST /v1/".length()) == 's';
    }
    boolean complete = data.getByte(data.writerIndex() - 1) == '}'; // the only one at an end
    data.release();
    if (!complete) {
      return;
    }
    begun = false;
    if (streams) {
      write(ctx, STREAM_HEAD);
      for (int i = 0; i < EVENTS; i++) {
        write(ctx, EVENT);
        ctx.flush();
      }
      write(ctx, LAST);
    } else {
      write(ctx, PLAIN);
    }
    ctx.flush();
  }

  private static void write(ChannelHandlerContext ctx, byte[] bytes) {
    Channels.write(ctx.channel(), ctx.alloc().directBuffer(bytes.length).writeBytes(bytes));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Channels.close(ctx.channel());
  }
}
