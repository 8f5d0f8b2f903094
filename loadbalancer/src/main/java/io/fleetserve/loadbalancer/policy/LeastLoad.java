package io.fleetserve.loadbalancer.policy;

/// The replica that is least busy for its weight; equal ones take exact turns.
final class LeastLoad implements Policy {
  /*
   * Score of a replica with n requests in flight, weight w and warmth h: (n / h + 1) / w, the share
   * of the replica that would be in use with one more request. The 1 makes an idle big replica
   * better than an idle small one; it is not divided by the warmth, so that an idle new replica
   * gets its turn like any other and only parallel requests find it smaller than it will be.
   */
  /// Scores are fixed-point numbers with this many units for 1.
  private static final double UNIT = 1024;

  private final Loads loads;
  private final ScoreTree tree;
  private final double[] idle;
  private final double[] perRequest;

  LeastLoad(Loads loads) {
    this.loads = loads;
    tree = new ScoreTree(loads.size());
    idle = new double[loads.size()];
    perRequest = new double[loads.size()];
    for (int i = 0; i < idle.length; i++) {
      weighed(i);
    }
  }

  @Override
  public void weighed(int replica) {
    idle[replica] = UNIT / loads.weight(replica);
    perRequest[replica] = idle[replica] / loads.warmth(replica);
    changed(replica);
  }

  @Override
  public void changed(int replica) {
    int score;
    do {
      score = score(replica);
      tree.set(replica, score);
    } while (score != score(replica));
  }

  private int score(int replica) {
    if (!loads.isEligible(replica)) {
      return ScoreTree.EXCLUDED;
    }
    double units = idle[replica] + loads.inFlight(replica) * perRequest[replica];
    return (int) Math.min(ScoreTree.MAX_SCORE, (long) units);
  }

  @Override
  public int choose(long turn, long key, int attempt) {
    return tree.least(turn);
  }
}
