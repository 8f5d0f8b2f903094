package io.fleetserve.controller.spot;

import java.util.Arrays;

/// How likely it is that too few replicas survive a cold start.
///
/// A zone loses all of its replicas together or none; zones are independent. The number of
/// survivors is convolved zone by zone, counted up to `wanted`. Cost: zones in use times wanted.
///
/// Not thread-safe: one object per decision.
final class ShortageRisk {
  private final int wanted;
  private final double[] lossProbability;
  private final double[] survivors;

  /// @param lossProbability by zone, 0 to 1
  ShortageRisk(int wanted, double[] lossProbability) {
    this.wanted = wanted;
    this.lossProbability = lossProbability;
    survivors = new double[wanted + 1];
  }

  /// Returns the probability of 0, 1, ... wanted (or more) survivors; valid until the next call.
  double[] survivors(int[] counts) {
    Arrays.fill(survivors, 0);
    survivors[0] = 1;
    for (int zone = 0; zone < counts.length; zone++) {
      int count = Math.min(counts[zone], wanted);
      if (count == 0) {
        continue;
      }
      double lost = lossProbability[zone];
      for (int before = wanted; before >= 0; before--) {
        double here = survivors[before];
        if (here > 0) {
          survivors[before] = here * lost;
          survivors[Math.min(wanted, before + count)] += here * (1 - lost);
        }
      }
    }
    return survivors;
  }
}
