package io.fleetserve.benchmarks.jmh;

import io.fleetserve.loadbalancer.policy.Loads;
import io.fleetserve.loadbalancer.policy.PeakEwma;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Loads of equal replicas without anything behind them. Thread-safe.
final class ArrayLoads implements Loads {
  private final AtomicIntegerArray inFlight;
  private final AtomicInteger total = new AtomicInteger();
  private final long[] firstBytes;
  private final long now = System.nanoTime();

  ArrayLoads(int size) {
    inFlight = new AtomicIntegerArray(size);
    firstBytes = new long[size];
    for (int i = 0; i < size; i++) {
      firstBytes[i] = PeakEwma.observe(PeakEwma.NONE, 1_000_000L * (10 + i % 50), now);
    }
  }

  void add(int replica, int change) {
    inFlight.addAndGet(replica, change);
    total.addAndGet(change);
  }

  @Override
  public int size() {
    return firstBytes.length;
  }

  @Override
  public boolean isEligible(int replica) {
    return true;
  }

  @Override
  public int inFlight(int replica) {
    return inFlight.get(replica);
  }

  @Override
  public int inFlight() {
    return total.get();
  }

  @Override
  public double weight(int replica) {
    return 1;
  }

  @Override
  public double warmth(int replica) {
    return 1;
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
