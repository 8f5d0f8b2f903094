package io.fleetserve.loadbalancer.upstream;

import io.fleetserve.loadbalancer.endpoint.Replica;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The way to a replica for one request: a connection, or a stream of one. Confined to its lane.
///
/// What is written is HTTP/1.1, whatever the replica speaks: that is the form in which a request
/// was checked and is kept for being sent again.
public interface Upstream {
  Replica replica();

  /// Whether the connection has carried a request before the current one.
  boolean isReused();

  /// Starts one request.
  ///
  /// @param user gets the answer
  /// @param head encoded as HTTP/1.1; owned from here on
  void begin(UpstreamUser user, ByteBuf head);

  /// Writes a part of the body, in the framing that the head names; takes the ownership of `part`.
  void write(ByteBuf part);

  void flush();

  /// Whether the replica takes more bytes now.
  boolean isWritable();

  /// Pauses or resumes reading of the answer.
  void reading(boolean on);

  boolean isReading();

  /// Bytes that may be put into the answer at this place and change nothing of what it says; null
  /// when there are none. They count as written.
  ///
  /// A chunk's size may begin with zeros (RFC 9112 section 7.1), so between two chunks the next one
  /// can be begun before anything is known of it.
  byte @Nullable [] takeFiller();

  /// Ends our direction of a tunnel.
  void shutdownOutput();

  /// Ends the request, whose user is not called again.
  void abort();
}
