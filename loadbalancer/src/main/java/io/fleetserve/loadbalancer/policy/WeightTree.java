package io.fleetserve.loadbalancer.policy;

import java.util.concurrent.atomic.AtomicLongArray;

/// Finds a leaf with a probability, or frequency, in proportion to its weight. Lock-free;
/// thread-safe.
final class WeightTree {
  /*
   * A tree of sums in an array, laid out like ScoreTree: change and choice cost O(log n). Writers
   * that race repeat until what they wrote is what its children say, so the sums are exact as soon
   * as the tree is quiet.
   */
  /// Weights are fixed-point numbers with this many units for 1.
  private static final double UNIT = 1 << 16;

  private final int leaves;
  private final int size;
  private final AtomicLongArray nodes;

  WeightTree(int leaves) {
    this.leaves = leaves;
    size = Math.max(1, Integer.highestOneBit(Math.max(1, leaves * 2 - 1)));
    nodes = new AtomicLongArray(size * 2);
  }

  /// Sets the weight of a leaf, >= 0; 0 excludes it. True if that changed it.
  boolean set(int leaf, double weight) {
    long units = weight > 0 ? Math.max(1, Math.round(weight * UNIT)) : 0;
    if (nodes.get(size + leaf) == units) {
      return false;
    }
    nodes.set(size + leaf, units);
    for (int node = (size + leaf) / 2; node > 0; node /= 2) {
      long sum;
      do {
        sum = nodes.get(node * 2) + nodes.get(node * 2 + 1);
        nodes.set(node, sum);
      } while (sum != nodes.get(node * 2) + nodes.get(node * 2 + 1));
    }
    return true;
  }

  /// Sum of all weights.
  double total() {
    return nodes.get(1) / UNIT;
  }

  /// The leaf at a fraction of the sum, leaves lying side by side in order, each as wide as its
  /// weight; -1 when there is none, or when a change under way hides it.
  ///
  /// @param fraction 0 to below 1
  int at(double fraction) {
    long point = (long) (fraction * nodes.get(1));
    int node = 1;
    while (node < size) {
      long left = nodes.get(node * 2);
      node *= 2;
      if (point >= left) {
        point -= left;
        node++;
      }
    }
    int leaf = node - size;
    return leaf < leaves && nodes.get(node) > 0 ? leaf : -1;
  }
}
