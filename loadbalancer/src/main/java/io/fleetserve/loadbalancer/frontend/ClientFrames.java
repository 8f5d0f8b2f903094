package io.fleetserve.loadbalancer.frontend;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/// What the frames of a client mean for its streams. Confined to the lane of the connection.
final class ClientFrames extends Http2FrameAdapter {
  private final Http2Client client;

  ClientFrames(Http2Client client) {
    this.client = client;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream)
      throws Http2Exception {
    Http2Stream stream = client.connection().stream(streamId);
    ClientStream known = client.streamOf(stream);
    if (known != null) {
      known.onTrailers(headers);
      return;
    }
    client.begin(stream, headers, endOfStream);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    ClientStream stream = client.streamOf(client.connection().stream(streamId));
    int bytes = data.readableBytes() + padding;
    return stream == null ? bytes : stream.onData(data, padding, endOfStream);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
      throws Http2Exception {
    ClientStream stream = client.streamOf(client.connection().stream(streamId));
    if (stream != null && stream.isUnderWay()) {
      client.guard().reset();
    }
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    if (streamId == dependency) {
      throw Http2Exception.streamError(
          streamId, PROTOCOL_ERROR, "A stream cannot depend on itself.");
    }
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    client.settingsAcknowledged();
  }
}
