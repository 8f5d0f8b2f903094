package io.fleetserve.benchmarks.sim.spot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What the policy `hedge` should reach, on every set it was run on.
final class Aims {
  private Aims() {}

  /// One aim on one set.
  record Aim(String name, String set, String figures, boolean reached) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%-4s %-46s %-28s %s", reached ? "ok" : "MISS", name, set, figures);
    }
  }

  /// @param runs by the names of [Contest]
  static List<Aim> of(String set, Map<String, SpotRun> runs, double bound) {
    List<Aim> aims = new ArrayList<>();
    SpotRun target = of(runs, "hedge 0.99");
    SpotRun two = of(runs, "spothedge +2");
    aims.add(new Aim("target of 99 % held", set, target.toString(), target.availability() >= 0.99));
    if (two.availability() >= 0.99) {
      aims.add(
          new Aim(
              "cheaper than SpotHedge with two extra",
              set,
              target + " against " + two,
              target.cost() < two.cost()));
    }
    for (String rival : List.of("spothedge +1", "spothedge +2")) {
      SpotRun other = of(runs, rival);
      double ours = atCost(other.cost(), runs);
      aims.add(
          new Aim(
              "more available at the cost of " + rival,
              set,
              String.format(
                  Locale.ROOT,
                  "%.3f against %.3f at %.1f",
                  100 * ours,
                  100 * other.availability(),
                  100 * other.cost()),
              ours >= other.availability()));
    }
    double quarter = of(runs, "spothedge +1").failedLaunches() / 4;
    aims.add(
        new Aim(
            "refused launches a day, a quarter of SpotHedge's",
            set,
            String.format(Locale.ROOT, "%.0f of %.0f", target.failedLaunches(), quarter),
            target.failedLaunches() <= quarter));
    SpotRun warned = of(runs, "hedge 0.99 noticed");
    double gap = target.cost() - bound;
    aims.add(
        new Aim(
            "half of the gap to the bound closed by notices",
            set,
            String.format(Locale.ROOT, "%s of %s, bound %.1f", warned, target, 100 * bound),
            warned.availability() >= 0.99 && target.cost() - warned.cost() >= gap / 2));
    return aims;
  }

  private static SpotRun of(Map<String, SpotRun> runs, String policy) {
    return Objects.requireNonNull(runs.get(policy), policy);
  }

  /// Availability along the curve of fixed prices at a cost: the best point at most as dear, or
  /// between it and the next one on a straight line.
  private static double atCost(double cost, Map<String, SpotRun> runs) {
    List<SpotRun> curve =
        runs.entrySet().stream()
            .filter(run -> run.getKey().startsWith("hedge at "))
            .map(Map.Entry::getValue)
            .sorted((one, other) -> Double.compare(one.cost(), other.cost()))
            .toList();
    double best = 0;
    for (int i = 0; i < curve.size(); i++) {
      SpotRun here = curve.get(i);
      if (here.cost() <= cost) {
        best = Math.max(best, here.availability());
      } else if (i > 0 && curve.get(i - 1).cost() < cost) {
        SpotRun before = curve.get(i - 1);
        double share = (cost - before.cost()) / (here.cost() - before.cost());
        best =
            Math.max(
                best,
                before.availability() + share * (here.availability() - before.availability()));
      }
    }
    return best;
  }
}
