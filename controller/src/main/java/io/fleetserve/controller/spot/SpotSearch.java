package io.fleetserve.controller.spot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Looks for the cheapest distribution of spot replicas over zones by local search from what is
/// held.
///
/// First as many as are wanted, one by one; then the best of: add one, add two, move one, remove
/// one, until none is better. Removing and moving must gain [#HYSTERESIS], so that noise moves
/// nothing. Cost: about zones squared evaluations a step, few steps; most decisions take one.
///
/// Not thread-safe: one object per decision.
final class SpotSearch {
  /// In cheapest spot replicas.
  private static final double HYSTERESIS = 0.15;

  private static final int MOST_EXTRA = 4;
  private static final int MOST_STEPS = 20;
  private static final int SHOWN = 3;
  private static final int NONE = -1;

  private final MixCost cost;
  private final boolean[] usable;
  private final int[] counts;
  private int total;

  private double best;
  private int bestFrom;
  private int bestTo;
  private int bestAlso;
  private final List<Scored> rivals = new ArrayList<>();

  /// A distribution and what it costs.
  static final class Scored {
    private final int[] counts;
    private final double score;

    Scored(int[] counts, double score) {
      this.counts = counts;
      this.score = score;
    }

    int[] counts() {
      return counts;
    }

    double score() {
      return score;
    }
  }

  /// @param usable zones where something may be launched
  SpotSearch(MixCost cost, int[] held, boolean[] usable) {
    this.cost = cost;
    this.usable = usable;
    counts = held.clone();
    total = Arrays.stream(counts).sum();
  }

  /// Returns the chosen distribution and then the best that were not chosen.
  List<Scored> run() {
    fill();
    double score = cost.of(counts);
    for (int step = 0; step < MOST_STEPS; step++) {
      rivals.clear();
      best = score - 1e-9;
      bestFrom = NONE;
      bestTo = NONE;
      bestAlso = NONE;
      compareAll();
      if (bestFrom == NONE && bestTo == NONE) {
        break;
      }
      change(bestFrom, NONE, NONE);
      change(NONE, bestTo, bestAlso);
      score = cost.of(counts);
    }
    List<Scored> all = new ArrayList<>();
    all.add(new Scored(counts, score));
    all.addAll(rivals);
    return all;
  }

  private void fill() {
    while (total < cost.wanted()) {
      int cheapest = NONE;
      double least = Double.MAX_VALUE;
      for (int zone = 0; zone < counts.length; zone++) {
        if (usable[zone]) {
          counts[zone]++;
          double score = cost.of(counts);
          counts[zone]--;
          if (score < least - 1e-12) {
            least = score;
            cheapest = zone;
          }
        }
      }
      if (cheapest == NONE) {
        return;
      }
      change(NONE, cheapest, NONE);
    }
  }

  private void compareAll() {
    int room = cost.wanted() + MOST_EXTRA - total;
    for (int to = 0; to < counts.length; to++) {
      if (!usable[to]) {
        continue;
      }
      if (room > 0) {
        compare(NONE, to, NONE);
      }
      for (int also = to; room > 1 && also < counts.length; also++) {
        if (usable[also]) {
          compare(NONE, to, also);
        }
      }
      for (int from = 0; from < counts.length; from++) {
        if (from != to && counts[from] > 0) {
          compare(from, to, NONE);
        }
      }
    }
    for (int from = 0; from < counts.length; from++) {
      if (counts[from] > 0 && total > cost.wanted()) {
        compare(from, NONE, NONE);
      }
    }
  }

  private void compare(int from, int to, int also) {
    change(from, to, also);
    double score = cost.of(counts);
    remember(score);
    change(to, from, NONE);
    change(also, NONE, NONE);
    double felt = from == NONE ? score : score + HYSTERESIS;
    if (felt < best) {
      best = felt;
      bestFrom = from;
      bestTo = to;
      bestAlso = also;
    }
  }

  private void remember(double score) {
    if (rivals.size() < SHOWN || score < rivals.getLast().score()) {
      rivals.add(new Scored(counts.clone(), score));
      rivals.sort(Comparator.comparingDouble(Scored::score));
      if (rivals.size() > SHOWN) {
        rivals.removeLast();
      }
    }
  }

  /// Takes one from `from` and gives one to each of the others; [#NONE] is nowhere.
  private void change(int from, int to, int also) {
    add(from, -1);
    add(to, 1);
    add(also, 1);
  }

  private void add(int zone, int replicas) {
    if (zone != NONE) {
      counts[zone] += replicas;
      total += replicas;
    }
  }
}
