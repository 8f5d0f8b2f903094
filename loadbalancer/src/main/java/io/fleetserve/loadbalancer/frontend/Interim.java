package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// Interim answers to the current request of a connection. Confined to its lane.
///
/// Two kinds: a 100 of the replica that the client asked for, passed once however often the request
/// is sent; and 100 as a probe. Whether a client that ended its direction still reads cannot be
/// seen, only tried: the system of one that left answers the probe by a reset, and then the replica
/// is spared the work. Tried at once and a few times more, because a client may end its direction
/// first and leave later. Inside a chunked answer a zero in front of the next chunk's size is
/// tried, which says nothing.
final class Interim {
  private static final byte[] CONTINUE = Octets.ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final long[] PAUSES = {100_000_000L, 1_000_000_000L, 10_000_000_000L};
  private static final long ASK_NANOS = 1_000_000_000L;

  private final Channel channel;
  private boolean continued;
  private int probes;
  private long probeAt;
  private long askedAt;

  Interim(Channel channel) {
    this.channel = channel;
  }

  /// The next request begins.
  void reset() {
    continued = false;
    probes = 0;
  }

  /// Whether a 100 is for the client: asked for, and the first.
  boolean takeContinue(RequestFacts facts) {
    boolean first = !continued;
    continued = true;
    return facts.expectsContinue() && first;
  }

  /// Closes the channel if the client answered the last probe by a reset; else tries again whether
  /// it is still there, if it is time to.
  ///
  /// @param now monotonic nanoseconds
  void probe(Exchange current, long now) {
    if (Channels.isReset(channel)) {
      Channels.close(channel);
      return;
    }
    if (probes > PAUSES.length
        || (probes > 0 && now - probeAt < 0)
        || current.facts().minorVersion() == 0) {
      return;
    }
    byte[] probe = current.isUnanswered() ? CONTINUE : filler(current);
    if (probe != null) {
      probeAt = probes == PAUSES.length ? now : now + PAUSES[probes];
      probes++;
      Channels.write(channel, channel.alloc().directBuffer(probe.length).writeBytes(probe));
      channel.flush();
    }
  }

  /// Closes the channel if the client has left by a reset while nothing is read from it, which the
  /// kernel alone knows; asks once a second. A client that leaves in order is not found so: its end
  /// waits behind what was not read.
  ///
  /// @param now monotonic nanoseconds
  void lookUnread(long now) {
    if (now - askedAt > ASK_NANOS) {
      askedAt = now;
      if (Channels.isReset(channel)) {
        Channels.close(channel);
      }
    }
  }

  /// What can be tried inside an answer; null when nothing can, or what was written waits anyway.
  private byte @Nullable [] filler(Exchange current) {
    Relay relay = current.relay();
    return relay == null || relay.isTunnel() || relay.isUnsent() || !channel.isWritable()
        ? null
        : relay.upstream().takeFiller();
  }
}
