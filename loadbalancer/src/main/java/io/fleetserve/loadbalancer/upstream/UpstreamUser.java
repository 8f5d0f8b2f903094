package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/// Who sent a request over an [Upstream] and gets the answer. All calls come on the connection's
/// event loop; a user may abort the connection inside any of them.
public interface UpstreamUser {
  /// The request was HEAD.
  boolean isHead();

  /// The answer's content is wanted without chunk framing.
  boolean wantsContentOnly();

  /// 1xx other than 101. Valid during the call.
  void onInterim(ResponseHead head);

  /// 101; from here on bytes come by [#onTunnelData]. False if no upgrade was asked for.
  boolean onSwitch(ResponseHead head);

  /// The final head. Valid during the call.
  ///
  /// @param untilClose the body ends with the connection
  void onHead(ResponseHead head, boolean untilClose);

  /// A piece of the body; the receiver owns it.
  void onBody(ByteBuf piece);

  /// Trailer fields, before [#onEnd], for a user that [wants content only][#wantsContentOnly]; for
  /// others they are in the framing. Those that must not be forwarded are dropped. Valid during the
  /// call.
  void onTrailers(HeaderFields trailers);

  /// The answer is complete; the connection is the user's no more.
  ///
  /// @param reusable whether the connection may serve another request, as far as the answer goes
  void onEnd(Upstream connection, boolean reusable);

  /// No more bytes for now: a good time to flush.
  void onReadComplete();

  /// The connection takes bytes again, or no more.
  void onWritabilityChanged();

  /// Bytes after 101; the receiver owns them.
  void onTunnelData(ByteBuf data);

  /// The connection is gone before the answer was complete, or after 101.
  void onFailure(UpstreamFailure failure);
}
