package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.upstream.Upstream;
import io.fleetserve.loadbalancer.upstream.UpstreamUser;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// One request as replicas get it: the encoded head and the body, kept while it may have to be sent
/// again. Confined to its lane. Owns both until [#release].
final class OutgoingRequest {
  private final RequestBody body;
  private @Nullable ByteBuf head;

  /// @param head encoded for replicas; owned from here on
  /// @param replayBytes most bytes of the body that are kept
  OutgoingRequest(ByteBuf head, int replayBytes) {
    this.head = head;
    body = new RequestBody(replayBytes);
  }

  RequestBody body() {
    return body;
  }

  /// Sends everything that is here, from the start.
  void send(Upstream to, UpstreamUser user) {
    ByteBuf request = head;
    if (request == null) {
      throw new IllegalStateException("head was sent for good");
    }
    to.begin(user, request.retainedDuplicate());
    body.sendAll(to);
    to.flush();
  }

  /// Nothing has to be sent again any more. May be called again.
  void release() {
    ByteBuf request = head;
    head = null;
    ReferenceCountUtil.release(request);
    body.forget();
  }
}
