package io.fleetserve.benchmarks.sim.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Every policy on one load.
///
/// @param start replicas that are ready at the start, for all policies but the fixed ones
record Experiment(Workload load, double coldStart, int start, List<Result> results) {
  Experiment {
    results = List.copyOf(results);
  }

  record Result(Policy policy, Outcome outcome) {
    boolean isOurs() {
      return policy.name().equals(Policy.OURS);
    }
  }

  /// Runs all policies, and fixed fleets up to the second in which nobody waits.
  ///
  /// @param start replicas at the start; 0 means what the average load needs at 70 %
  static Experiment run(Workload load, double coldStart, int start) {
    int first = start > 0 ? start : (int) Math.ceil(load.offered() / (0.7 * LoadSimulation.SLOTS));
    List<Result> results = new ArrayList<>();
    for (Policy policy : Policy.all(load)) {
      Outcome outcome =
          new LoadSimulation(load, policy.spec(), coldStart, Math.min(64, first)).run();
      results.add(new Result(policy, outcome));
    }
    int least = Math.max(1, (int) (load.offered() / LoadSimulation.SLOTS));
    int step = 1;
    int idle = 0;
    for (int replicas = least; replicas <= 64; replicas += step) {
      Policy policy = Policy.fixed(replicas);
      Outcome outcome = new LoadSimulation(load, policy.spec(), coldStart, replicas).run();
      results.add(new Result(policy, outcome));
      step = 1 + replicas / 16;
      idle = outcome.waiting() == 0 ? idle + 1 : 0;
      if (idle == 2) {
        break;
      }
    }
    return new Experiment(load, coldStart, first, results);
  }

  /// The averages of the same loads drawn by different seeds; what some of them lack is left out.
  static Experiment mean(List<Experiment> seeds) {
    Experiment first = seeds.getFirst();
    List<Result> results = new ArrayList<>();
    for (Result one : first.results()) {
      List<Outcome> outcomes =
          seeds.stream()
              .flatMap(seed -> seed.results().stream())
              .filter(other -> other.policy().isLike(one.policy()))
              .map(Result::outcome)
              .toList();
      if (outcomes.size() == seeds.size()) {
        results.add(new Result(one.policy(), Outcome.mean(outcomes)));
      }
    }
    return new Experiment(first.load(), first.coldStart(), first.start(), results);
  }

  Result ours() {
    return results.stream()
        .filter(one -> one.isOurs() && one.policy().published())
        .findFirst()
        .orElseThrow();
  }

  /// The others: the published settings of the autoscalers, or every setting and fixed fleet.
  List<Result> others(boolean everySetting) {
    return results.stream()
        .filter(one -> !one.isOurs() && (everySetting || one.policy().published()))
        .toList();
  }

  /// The cheapest of `others` in which no larger share waits than in `mine`.
  static Optional<Result> cheapest(Result mine, List<Result> others) {
    return others.stream()
        .filter(one -> one.outcome().waiting() <= mine.outcome().waiting())
        .min(Comparator.comparingDouble(one -> one.outcome().replicaHours()));
  }

  /// The one of `others` with the least waiting that is no dearer than `mine`.
  static Optional<Result> promptest(Result mine, List<Result> others) {
    return others.stream()
        .filter(one -> one.outcome().replicaHours() <= mine.outcome().replicaHours())
        .min(Comparator.comparingDouble(one -> one.outcome().waiting()));
  }
}
