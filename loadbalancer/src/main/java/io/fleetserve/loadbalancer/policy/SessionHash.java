package io.fleetserve.loadbalancer.policy;

/// Requests of one session go to the same replica while that is not much busier than the others;
/// requests without a session go by another policy.
public final class SessionHash implements Policy {
  /*
   * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2018, arXiv 1608.01350):
   * no replica takes more than BALANCE times its share of the requests in flight, rounded up. A
   * session whose replica is full, or not eligible, goes to the next one of a sequence of its own,
   * made by hashing its key again (Chen, Coleman, Shrivastava 2021, arXiv 1908.08762), not to the
   * neighbour on the ring: neighbours would fill up one after another. The sequence is always the
   * same, so a session that had to move moves to the same place each time, and back.
   *
   * Each step meets a full replica with a probability below 1 / BALANCE; after JUMPS of them, for
   * example when nearly all are ejected, the other policy decides.
   */
  private static final double BALANCE = 1.25;
  private static final int JUMPS = 32;

  private final Loads loads;
  private final HashRing ring;
  private final WeightTree weights;
  private final Policy others;

  /// @param identities of the replicas, by index
  /// @param others for requests without a session; is told what this is told
  public SessionHash(Loads loads, long[] identities, Policy others) {
    this.loads = loads;
    this.others = others;
    double[] fixed = new double[loads.size()];
    for (int i = 0; i < fixed.length; i++) {
      fixed[i] = loads.weight(i);
    }
    ring = new HashRing(identities, fixed);
    weights = new WeightTree(loads.size());
    for (int i = 0; i < fixed.length; i++) {
      weigh(i);
    }
  }

  @Override
  public void changed(int replica) {
    others.changed(replica);
    weigh(replica);
  }

  @Override
  public void weighed(int replica) {
    others.weighed(replica);
    weigh(replica);
  }

  private void weigh(int replica) {
    while (weights.set(replica, loads.isEligible(replica) ? weight(replica) : 0)) {
      // Until it is what it is.
    }
  }

  private double weight(int replica) {
    return loads.weight(replica) * loads.warmth(replica);
  }

  @Override
  public int choose(long turn, long key, int attempt) {
    if (key == NO_KEY) {
      return others.choose(turn, key, attempt);
    }
    double perWeight = BALANCE * (loads.inFlight() + 1) / Math.max(weights.total(), 1e-9);
    for (int jump = attempt; jump < JUMPS; jump++) {
      int found = ring.owner(key + jump * 0x9E3779B97F4A7C15L);
      if (found >= 0
          && loads.isEligible(found)
          && loads.inFlight(found) < Math.ceil(perWeight * weight(found))) {
        return found;
      }
    }
    return others.choose(turn, key, attempt);
  }
}
