package io.fleetserve.loadbalancer.warmup;

import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// A client that sends its next request when its answer is complete: what clients of models send,
/// one with a plain answer, one with a stream. Confined to its event loop.
final class WarmClient extends ChannelInboundHandlerAdapter {
  private static final byte[] PLAIN = request("/v1/plain");
  private static final byte[] STREAM = request("/v1/stream");

  private final WarmRequests requests;
  private int sent;
  private int left;

  WarmClient(WarmRequests requests) {
    this.requests = requests;
  }

  private static byte[] request(String path) {
    String body =
        """
        {"model":"warm","stream":true,"messages":[{"role":"user","content":"%s"}]}\
        """
            .formatted("word ".repeat(40));
    return Octets.ascii(
        """
        POST %s HTTP/1.1\r
        Host: warm-up\r
        User-Agent: fleetserve\r
        Accept: application/json\r
        Authorization: Bearer none\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s\
        """
            .formatted(path, body.length(), body));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    send(ctx);
  }

  private void send(ChannelHandlerContext ctx) {
    byte[] request = sent++ % 2 == 0 ? PLAIN : STREAM;
    left = 1;
    Channels.write(ctx.channel(), ctx.alloc().directBuffer(request.length).writeBytes(request));
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    // Both answers end with this mark, and it stands nowhere else in them.
    boolean ended = data.indexOf(data.readerIndex(), data.writerIndex(), WarmReplica.END) >= 0;
    data.release();
    if (!ended || left == 0) {
      return;
    }
    left = 0;
    if (requests.next()) {
      send(ctx);
    } else {
      Channels.close(ctx.channel());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Channels.close(ctx.channel());
  }
}
