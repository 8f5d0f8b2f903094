package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.loadbalancer.policy.ScoreTree;
import io.fleetserve.loadbalancer.policy.Scoring;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one routing table says of a service: immutable but for the scores in its tree. Thread-safe.
public final class Route {
  private final ServiceRoute rule;
  private final Scoring scoring;
  private final List<Replica> replicas;
  private final double[] targetQps;
  private final ScoreTree tree;
  private final int ready;

  Route(ServiceRoute rule, List<Replica> replicas) {
    this.rule = rule;
    this.replicas = List.copyOf(replicas);
    scoring = Scoring.of(rule.policy());
    tree = new ScoreTree(replicas.size());
    targetQps = new double[replicas.size()];
    for (int i = 0; i < targetQps.length; i++) {
      targetQps[i] =
          Scoring.targetQps(replicas.get(i).accelerator(), rule.targetQpsByAccelerator());
    }
    ready = (int) replicas.stream().filter(replica -> !replica.isDraining()).count();
  }

  public ServiceRoute rule() {
    return rule;
  }

  /// Ready and draining ones.
  public List<Replica> replicas() {
    return replicas;
  }

  /// Replicas that the controller calls ready.
  public int ready() {
    return ready;
  }

  ScoreTree tree() {
    return tree;
  }

  int scoreOf(int index) {
    Replica replica = replicas.get(index);
    if (replica.isDraining() || !replica.health().isEligible()) {
      return ScoreTree.EXCLUDED;
    }
    return scoring.score(replica.inFlight(), targetQps[index]);
  }

  /// Chooses a replica and counts the request there; null when none is eligible.
  ///
  /// @param turn a counter of the service: equal replicas take turns
  /// @param avoid replicas that failed this request already; used only if nothing else is left and
  ///   never when all are to be avoided
  public @Nullable Replica acquire(long turn, Set<Replica> avoid) {
    for (int tries = 0; tries < 4; tries++) {
      int index = tree.least(turn + tries);
      if (index < 0) {
        return null;
      }
      Replica replica = replicas.get(index);
      if (!avoid.contains(replica) && replica.acquire()) {
        return replica;
      }
    }
    return acquireByScan(turn, avoid);
  }

  /// The rare way: O(n).
  private @Nullable Replica acquireByScan(long turn, Set<Replica> avoid) {
    while (true) {
      Replica best = null;
      int bestScore = ScoreTree.EXCLUDED;
      int offset = (int) Math.floorMod(turn, (long) Math.max(1, replicas.size()));
      for (int i = 0; i < replicas.size(); i++) {
        int index = (i + offset) % replicas.size();
        int score = scoreOf(index);
        if (score < bestScore && !avoid.contains(replicas.get(index))) {
          best = replicas.get(index);
          bestScore = score;
        }
      }
      if (best == null || best.acquire()) {
        return best;
      }
    }
  }
}
