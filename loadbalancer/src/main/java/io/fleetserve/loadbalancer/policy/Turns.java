package io.fleetserve.loadbalancer.policy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Replicas take turns, as often as their weights say.
final class Turns implements Policy {
  /*
   * While all weights are 1, turn t goes to the (t mod n)-th replica: exact.
   *
   * Else the replicas lie side by side on [0, 1), each as wide as its weight, and turn t goes to the
   * one at the fractional part of t times the golden ratio. By the three-distance theorem (Sos 1958)
   * a visit to a replica is followed by the next one after one of at most three different numbers
   * of turns, so turns are spread evenly, as nginx's smooth weighted round robin does, but in
   * O(log n), without state beside the counter that all event loops share, and for weights that
   * change at any time, as those of replicas that warm up do.
   */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Loads loads;
  private final Eligible eligible;
  private final WeightTree weights;
  private final AtomicInteger unequal = new AtomicInteger();
  private final AtomicIntegerArray isUnequal;

  Turns(Loads loads) {
    this.loads = loads;
    eligible = new Eligible(loads);
    weights = new WeightTree(loads.size());
    isUnequal = new AtomicIntegerArray(loads.size());
    for (int i = 0; i < loads.size(); i++) {
      weighed(i);
    }
  }

  @Override
  public void weighed(int replica) {
    int now = loads.weight(replica) * loads.warmth(replica) == 1 ? 0 : 1;
    unequal.addAndGet(now - isUnequal.getAndSet(replica, now));
    changed(replica);
  }

  @Override
  public void changed(int replica) {
    eligible.changed(replica);
    while (weights.set(replica, weight(replica))) {
      // Until it is what it is.
    }
  }

  private double weight(int replica) {
    return loads.isEligible(replica) ? loads.weight(replica) * loads.warmth(replica) : 0;
  }

  @Override
  public int choose(long turn, long key, int attempt) {
    if (unequal.get() > 0) {
      int found = weights.at(((turn * GOLDEN) >>> 11) * 0x1p-53);
      if (found >= 0) {
        return found;
      }
    }
    return eligible.at(turn);
  }
}
