package io.fleetserve.benchmarks.sim.spot;

/// The least of the last values; zeros before the first.
final class SlidingLeast {
  private final int[] values;
  private int next;
  private int least;

  SlidingLeast(int window) {
    values = new int[window];
  }

  void add(int value) {
    int leaving = values[next];
    values[next] = value;
    next = (next + 1) % values.length;
    if (value <= least) {
      least = value;
    } else if (leaving == least) {
      least = value;
      for (int each : values) {
        least = Math.min(least, each);
      }
    }
  }

  int least() {
    return least;
  }
}
