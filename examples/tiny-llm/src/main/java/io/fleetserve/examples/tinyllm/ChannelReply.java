package io.fleetserve.examples.tinyllm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import tools.jackson.databind.node.ObjectNode;

/// Writes one answer to a connection. Used by one thread at a time; Netty takes the writes to the
/// connection's event loop in order.
final class ChannelReply implements ReplyWriter {
  private static final String JSON = "application/json; charset=utf-8";

  private final Channel channel;
  private final BooleanSupplier keepAlive;
  private final IntConsumer ended;
  private boolean streaming;
  private boolean closing;

  /// @param keepAlive asked when the head is written
  /// @param ended takes the status on the event loop, when the whole answer has been written
  ChannelReply(Channel channel, BooleanSupplier keepAlive, IntConsumer ended) {
    this.channel = channel;
    this.keepAlive = keepAlive;
    this.ended = ended;
  }

  @Override
  public void whole(ObjectNode body) {
    send(200, JSON, body.toString());
  }

  /// A complete answer of any type.
  void send(int status, String contentType, String body) {
    ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
    HttpUtil.setContentLength(response, bytes.readableBytes());
    if (status == 503) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, 1);
    }
    head(response, contentType);
    finish(channel.writeAndFlush(response), status);
  }

  @Override
  public void event(ObjectNode chunk) {
    if (!streaming) {
      streaming = true;
      HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      HttpUtil.setTransferEncodingChunked(response, true);
      response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
      head(response, "text/event-stream; charset=utf-8");
      ChannelFuture ignored = channel.write(response);
    }
    ChannelFuture ignored = channel.writeAndFlush(new DefaultHttpContent(data(chunk.toString())));
  }

  @Override
  public void done() {
    finish(channel.writeAndFlush(new DefaultLastHttpContent(data("[DONE]"))), 200);
  }

  @Override
  public void fail(ApiError error) {
    if (!streaming) {
      send(error.status(), JSON, error.json().toString());
      return;
    }
    closing = true; // without [DONE]: the client must see that the stream is not complete
    finish(
        channel.writeAndFlush(new DefaultHttpContent(data(error.json().toString()))),
        error.status());
  }

  private void head(HttpResponse response, String contentType) {
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    closing = !keepAlive.getAsBoolean();
    HttpUtil.setKeepAlive(response, !closing);
  }

  private void finish(ChannelFuture written, int status) {
    if (closing) {
      written.addListener(ChannelFutureListener.CLOSE);
    }
    written.addListener(future -> ended.accept(status));
  }

  private static ByteBuf data(String text) {
    return Unpooled.copiedBuffer("data: " + text + "\n\n", StandardCharsets.UTF_8);
  }
}
