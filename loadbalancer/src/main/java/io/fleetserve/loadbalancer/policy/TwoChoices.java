package io.fleetserve.loadbalancer.policy;

/// The less busy one of two different replicas drawn at random; by requests in flight alone, or by
/// those times the time to the first byte.
final class TwoChoices implements Policy {
  /*
   * Mitzenmacher 2001, "The power of two choices in randomized load balancing": the longest queue
   * shrinks from log n to log log n, and no two balancers run to the same replica. The draw is a
   * hash of the turn: no generator to share, and a run can be repeated.
   */
  private final Loads loads;
  private final Eligible eligible;
  private final boolean byFirstByte;

  TwoChoices(Loads loads, boolean byFirstByte) {
    this.loads = loads;
    this.byFirstByte = byFirstByte;
    eligible = new Eligible(loads);
  }

  @Override
  public void changed(int replica) {
    eligible.changed(replica);
  }

  @Override
  public void weighed(int replica) {
    eligible.changed(replica);
  }

  @Override
  public int choose(long turn, long key, int attempt) {
    long draw = Hashes.mix(turn + 1) >>> 1;
    int count = eligible.count();
    int first = eligible.at(draw);
    if (count < 2 || first < 0) {
      return first;
    }
    long distance = 1 + (draw >>> 32) % (count - 1);
    int second = eligible.at(draw % count + distance);
    return second >= 0 && cost(second) < cost(first) ? second : first;
  }

  private double cost(int replica) {
    int inFlight = loads.inFlight(replica);
    double share = (inFlight / loads.warmth(replica) + 1) / loads.weight(replica);
    return byFirstByte
        ? share * PeakEwma.cost(loads.firstBytes(replica), inFlight, loads.now())
        : share;
  }
}
