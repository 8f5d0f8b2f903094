package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.http.Octets;
import io.fleetserve.loadbalancer.lane.Channels;
import io.netty.channel.Channel;

/// Interim answers to the current request of a connection. Confined to its lane.
///
/// Two kinds: a 100 of the replica that the client asked for, passed once however often the request
/// is sent; and 100 as a probe. Whether a client that ended its direction still reads cannot be
/// seen, only tried: the system of one that left answers the probe by a reset, and then the replica
/// is spared the work.
final class Interim {
  private static final byte[] CONTINUE = Octets.ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final int PROBES = 2;

  private final Channel channel;
  private boolean continued;
  private int probes;

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

  /// Tries whether the client is still there.
  void probe(Exchange current) {
    if (probes < PROBES && current.facts().minorVersion() == 1 && current.isUnanswered()) {
      probes++;
      Channels.write(channel, channel.alloc().directBuffer(CONTINUE.length).writeBytes(CONTINUE));
      channel.flush();
    }
  }
}
