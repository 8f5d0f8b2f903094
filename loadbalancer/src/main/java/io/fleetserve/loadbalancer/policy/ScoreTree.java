package io.fleetserve.loadbalancer.policy;

import java.util.concurrent.atomic.AtomicLongArray;

/// Finds one of the leaves with the lowest score, each of them equally often. Lock-free;
/// thread-safe.
public final class ScoreTree {
  /*
   * A tournament tree in an array: leaf i at size + i, parent of n at n / 2. A node holds the lowest
   * score beneath it and how many leaves have it, so that turn t finds the (t mod count)-th of the
   * equal ones: exact fairness also when the number of leaves is no power of two, which the usual
   * coin toss per level does not give. Change and choice cost O(log n); 1,000 leaves are 10 steps.
   *
   * Writers may race. Each sets a node and then reads its children again, and repeats while they say
   * something else: whoever writes last has seen the latest children, so the tree is exact as soon
   * as it is quiet. Meanwhile a choice may be off by the change under way, never out of range.
   */
  /// Highest score of an eligible leaf.
  public static final int MAX_SCORE = Integer.MAX_VALUE - 1;

  /// Score of a leaf that is not to be chosen.
  public static final int EXCLUDED = Integer.MAX_VALUE;

  private static final long NOTHING = (long) EXCLUDED << 32;

  private final int leaves;
  private final int size;
  private final AtomicLongArray nodes;

  /// @param leaves >= 0; all excluded at first
  public ScoreTree(int leaves) {
    this.leaves = leaves;
    size = Math.max(1, Integer.highestOneBit(Math.max(1, leaves * 2 - 1)));
    nodes = new AtomicLongArray(size * 2);
    for (int i = 0; i < nodes.length(); i++) {
      nodes.setPlain(i, NOTHING);
    }
  }

  /// Sets the score of a leaf: 0 to [#MAX_SCORE], or [#EXCLUDED].
  public void set(int leaf, int score) {
    if (leaf < 0 || leaf >= leaves) {
      throw new IndexOutOfBoundsException(leaf);
    }
    long value = score == EXCLUDED ? NOTHING : (long) score << 32 | 1;
    nodes.set(size + leaf, value);
    for (int node = (size + leaf) / 2; node > 0; node /= 2) {
      long merged = merged(node);
      do {
        nodes.set(node, merged);
        value = merged;
        merged = merged(node);
      } while (merged != value);
    }
  }

  private long merged(int node) {
    long left = nodes.get(node * 2);
    long right = nodes.get(node * 2 + 1);
    int leftScore = (int) (left >>> 32);
    int rightScore = (int) (right >>> 32);
    if (leftScore != rightScore) {
      return leftScore < rightScore ? left : right;
    }
    return leftScore == EXCLUDED ? NOTHING : left + (int) right;
  }

  /// A leaf with the lowest score; -1 when all are excluded.
  ///
  /// @param turn a counter: equal leaves take turns by it
  public int least(long turn) {
    long root = nodes.get(1);
    int count = (int) root;
    if (count == 0) {
      return -1;
    }
    int score = (int) (root >>> 32);
    int rank = (int) Math.floorMod(turn, (long) count);
    int node = 1;
    while (node < size) {
      long left = nodes.get(node * 2);
      long right = nodes.get(node * 2 + 1);
      int inLeft = (int) (left >>> 32) <= score ? (int) left : 0;
      int inRight = (int) (right >>> 32) <= score ? (int) right : 0;
      if (rank < inLeft || (inRight == 0 && inLeft > 0)) {
        node = node * 2;
      } else if (inRight > 0) {
        rank -= inLeft;
        node = node * 2 + 1;
      } else {
        // A change is under way here: take the better side as it is now.
        node = node * 2 + (left <= right ? 0 : 1);
      }
    }
    int leaf = node - size;
    return leaf < leaves && nodes.get(node) != NOTHING ? leaf : -1;
  }

  /// Number of leaves that share the lowest score; 0 when all are excluded.
  int leaders() {
    return (int) nodes.get(1);
  }

  /// Score of a leaf.
  public int score(int leaf) {
    return (int) (nodes.get(size + leaf) >>> 32);
  }
}
