package io.fleetserve.loadbalancer.policy;

import java.util.Arrays;

/// Where sessions belong: maps any hash to a replica so that a replica that comes or goes moves
/// only the sessions it gets or had. Immutable.
final class HashRing {
  /*
   * Multi-probe consistent hashing (Appleton and O'Reilly 2015, arXiv 1505.00062): a key is hashed
   * PROBES times and belongs to the point that lies closest behind one of its hashes. A plain ring
   * needs some 700 points a replica to be as even; this needs POINTS, so that building it for 1,000
   * replicas takes a millisecond on every change of the endpoints. A table over the upper bits finds
   * the point behind a hash in O(1).
   *
   * A replica has as many points as its weight says, and its points follow from its identity alone:
   * weights and identities of the others do not move them.
   */
  private static final int POINTS = 16;
  private static final int MOST_POINTS = 1024;
  private static final int PROBES = 5;

  private final long[] points;
  private final int[] owners;
  private final int[] table;
  private final int shift;

  /// @param identities of the replicas; equal ones over time are the same replica
  /// @param weights > 0, as many
  HashRing(long[] identities, double[] weights) {
    int count = 0;
    for (double weight : weights) {
      count += pointsOf(weight);
    }
    record Point(long at, int owner) {}
    Point[] all = new Point[count];
    int next = 0;
    for (int i = 0; i < identities.length; i++) {
      long seed = Hashes.mix(identities[i] + 1);
      for (int p = 0; p < pointsOf(weights[i]); p++) {
        all[next++] = new Point(Hashes.mix(seed + p * 0x9E3779B97F4A7C15L), i);
      }
    }
    Arrays.sort(all, (a, b) -> Long.compareUnsigned(a.at, b.at));
    points = Arrays.stream(all).mapToLong(Point::at).toArray();
    owners = Arrays.stream(all).mapToInt(Point::owner).toArray();
    int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(Math.max(1, count)));
    shift = Long.SIZE - bits;
    table = new int[1 << bits];
    int point = 0;
    for (int slot = 0; slot < table.length; slot++) {
      while (point < count && points[point] >>> shift < slot) {
        point++;
      }
      table[slot] = point;
    }
  }

  private static int pointsOf(double weight) {
    return Math.clamp(Math.round(weight * POINTS), 1, MOST_POINTS);
  }

  /// The replica to which a hash belongs; -1 when there is none.
  int owner(long hash) {
    if (points.length == 0) {
      return -1;
    }
    int best = 0;
    long closest = -1;
    for (int probe = 0; probe < PROBES; probe++) {
      long at = Hashes.mix(hash + probe * 0xD1B54A32D192ED03L);
      int found = behind(at);
      long distance = points[found] - at;
      if (Long.compareUnsigned(distance, closest) < 0) {
        closest = distance;
        best = found;
      }
    }
    return owners[best];
  }

  private int behind(long at) {
    int i = table[(int) (at >>> shift)];
    while (i < points.length && Long.compareUnsigned(points[i], at) < 0) {
      i++;
    }
    return i == points.length ? 0 : i;
  }
}
