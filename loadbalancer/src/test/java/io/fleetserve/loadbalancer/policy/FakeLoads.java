package io.fleetserve.loadbalancer.policy;

import java.util.Arrays;

/// Loads that a test sets, without any replica.
final class FakeLoads implements Loads {
  final int[] inFlight;
  final boolean[] eligible;
  final double[] weights;
  final double[] warmth;
  final long[] firstBytes;
  long now;

  FakeLoads(int size) {
    inFlight = new int[size];
    eligible = new boolean[size];
    weights = new double[size];
    warmth = new double[size];
    firstBytes = new long[size];
    Arrays.fill(eligible, true);
    Arrays.fill(weights, 1);
    Arrays.fill(warmth, 1);
  }

  FakeLoads weights(double... values) {
    System.arraycopy(values, 0, weights, 0, values.length);
    return this;
  }

  /// Chooses and counts the request as in flight.
  int place(Policy policy, long turn, long key) {
    int chosen = policy.choose(turn, key, 0);
    inFlight[chosen]++;
    policy.changed(chosen);
    return chosen;
  }

  void end(Policy policy, int replica) {
    inFlight[replica]--;
    policy.changed(replica);
  }

  void eligible(Policy policy, int replica, boolean on) {
    eligible[replica] = on;
    policy.changed(replica);
  }

  @Override
  public int size() {
    return inFlight.length;
  }

  @Override
  public boolean isEligible(int replica) {
    return eligible[replica];
  }

  @Override
  public int inFlight(int replica) {
    return inFlight[replica];
  }

  @Override
  public int inFlight() {
    return Arrays.stream(inFlight).sum();
  }

  @Override
  public double weight(int replica) {
    return weights[replica];
  }

  @Override
  public double warmth(int replica) {
    return warmth[replica];
  }

  @Override
  public long firstBytes(int replica) {
    return firstBytes[replica];
  }

  @Override
  public long now() {
    return now;
  }
}
