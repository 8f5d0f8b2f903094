package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.HeaderFields;
import io.fleetserve.loadbalancer.http.OwnAnswer;
import io.fleetserve.loadbalancer.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// The client's side of an [Exchange]: where its answer goes, and what its body comes from. A
/// connection, or a stream of one. Confined to its lane.
///
/// One answer is either [#answer] alone, or: any number of [#interim], [#head], pieces of the body,
/// and [#answered]; or [#abort] at any point.
interface Downstream {
  ByteBufAllocator allocator();

  /// Whether pieces of the body have to come without chunk framing.
  boolean wantsContentOnly(RequestFacts facts);

  /// Reads on or pauses, by what the exchange has room for.
  void updateReading();

  /// 1xx of the replica other than 101; passed on if the client may see it.
  void interim(ResponseHead head, RequestFacts facts);

  /// 101: bytes go both ways from here on.
  void switchProtocol(ResponseHead head, RequestFacts facts, Relay by);

  /// The final head; may be kept back until there is more to send.
  ///
  /// @param untilClose the replica ends the body with the connection
  /// @param wholeBody the client has sent all of its request
  void head(ResponseHead head, RequestFacts facts, boolean untilClose, boolean wholeBody);

  /// The head is known and still kept back.
  boolean isHeadUnsent();

  /// Forgets a head that was kept back.
  void dropHead();

  /// A piece of the answer's body, or of a tunnel; owned from here on.
  void write(ByteBuf piece);

  /// Trailer fields, where content comes without framing.
  void trailers(HeaderFields trailers);

  /// Sends what was written.
  void flush();

  /// Whether the client takes more bytes now.
  boolean isWritable();

  /// The answer, or the tunnel, is complete.
  void answered();

  /// Answers without a replica.
  ///
  /// @param whole the client has sent all of its request
  void answer(OwnAnswer answer, RequestFacts facts, boolean whole);

  /// Ends the answer in the middle, so that the client cannot take it for complete.
  void abort();
}
