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
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
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

  /// @param keepAlive asked when the head is written, and again at the end
  /// @param ended takes the status on the event loop, right before the end is written
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
    finish(
        status,
        () -> {
          ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
          FullHttpResponse response =
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
          HttpUtil.setContentLength(response, bytes.readableBytes());
          if (status == 503) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, 1);
          }
          head(response, contentType);
          return response;
        });
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
    finish(200, () -> new DefaultLastHttpContent(data("[DONE]")));
  }

  @Override
  public void fail(ApiError error) {
    if (streaming) {
      closing = true; // without [DONE]: the client must see that the stream is not complete
      finish(error.status(), () -> new DefaultHttpContent(data(error.json().toString())));
    } else {
      send(error.status(), JSON, error.json().toString());
    }
  }

  private void head(HttpResponse response, String contentType) {
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    closing = !keepAlive.getAsBoolean();
    HttpUtil.setKeepAlive(response, !closing);
  }

  /// Ends the answer on the event loop: there the next request of the connection can only be read
  /// after the handler knows that this one is over.
  private void finish(int status, Supplier<HttpObject> last) {
    channel
        .eventLoop()
        .execute(() -> {
          HttpObject message = last.get();
          boolean close = closing || !keepAlive.getAsBoolean();
          ended.accept(status);
          ChannelFuture written = channel.writeAndFlush(message);
          if (close) {
            written.addListener(ChannelFutureListener.CLOSE);
          }
        });
  }

  private static ByteBuf data(String text) {
    return Unpooled.copiedBuffer("data: " + text + "\n\n", StandardCharsets.UTF_8);
  }
}
