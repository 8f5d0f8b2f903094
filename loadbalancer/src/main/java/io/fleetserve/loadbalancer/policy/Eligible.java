package io.fleetserve.loadbalancer.policy;

/// The eligible replicas, countable and by rank. Thread-safe, lock-free; O(log n).
final class Eligible {
  private final Loads loads;
  private final ScoreTree tree;

  Eligible(Loads loads) {
    this.loads = loads;
    tree = new ScoreTree(loads.size());
    for (int i = 0; i < loads.size(); i++) {
      changed(i);
    }
  }

  /// Takes over whether a replica is eligible; writes only if that changed.
  void changed(int replica) {
    int score = score(replica);
    while (tree.score(replica) != score) {
      tree.set(replica, score);
      score = score(replica);
    }
  }

  private int score(int replica) {
    return loads.isEligible(replica) ? 0 : ScoreTree.EXCLUDED;
  }

  int count() {
    return tree.leaders();
  }

  /// The eligible replica of a rank, modulo their number; -1 when there is none.
  int at(long rank) {
    return tree.least(rank);
  }
}
