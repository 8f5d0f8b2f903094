package io.fleetserve.loadbalancer.frontend;

import io.fleetserve.loadbalancer.lane.Lane;

/// How long a replica has said nothing while it was its turn. Confined to its lane.
final class Silence {
  private final Lane lane;
  private long since;

  Silence(Lane lane) {
    this.lane = lane;
  }

  /// Bytes moved, or it is somebody else's turn.
  void broken() {
    since = lane.coarseNow();
  }

  /// Whether the replica was silent for longer than `limitMillis`; 0 allows any silence.
  ///
  /// @param wholeBody the client has sent all of its request
  boolean isTooLong(Relay answer, boolean wholeBody, long limitMillis, long now) {
    boolean clientsTurn =
        !answer.upstream().isReading() || (!wholeBody && answer.upstream().isWritable());
    if (answer.isTunnel() || clientsTurn) {
      broken();
    }
    return limitMillis > 0 && now - since > limitMillis * 1_000_000;
  }
}
