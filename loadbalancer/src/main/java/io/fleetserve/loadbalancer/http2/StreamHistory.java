package io.fleetserve.loadbalancer.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import io.netty.handler.codec.http2.Http2Exception;

/// Which streams a client opened and ended itself, for the last 256 of them: whether fields may
/// come on a stream, RFC 9113 sections 5.1 and 5.1.1. Confined to one event loop.
///
/// The slot of an id is overwritten by a later id only, so a smaller number in it means that the id
/// was passed over and never opened.
final class StreamHistory {
  private static final int SLOTS = 256;

  private final int[] opened = new int[SLOTS];
  private final boolean[] ended = new boolean[SLOTS];
  private int last;

  private static int slot(int id) {
    return (id >>> 1) & (SLOTS - 1);
  }

  /// Fields came.
  ///
  /// @param live the stream is not closed
  /// @throws Http2Exception if they must not
  void fields(int id, boolean live) throws Http2Exception {
    int slot = slot(id);
    if (id > last) {
      last = id;
      opened[slot] = id;
      ended[slot] = false;
    } else if (opened[slot] < id) {
      throw Http2Exception.connectionError(PROTOCOL_ERROR, "stream id %d was passed over", id);
    } else if (opened[slot] == id && ended[slot]) {
      throw live
          ? Http2Exception.streamError(id, STREAM_CLOSED, "fields behind the end of stream %d", id)
          : Http2Exception.connectionError(STREAM_CLOSED, "fields on closed stream %d", id);
    }
  }

  /// The client ended its side, or reset the stream.
  void ended(int id) {
    int slot = slot(id);
    if (opened[slot] == id) {
      ended[slot] = true;
    }
  }
}
