package io.fleetserve.benchmarks.load;

/// How much more two loops can do than one if client and backend cost nothing. Pure.
///
/// On a machine with few processors the client and the backend take the time that a second loop
/// would need, so measured throughput cannot double. But capacity is bounded by CPU time: one loop
/// answers 1 / (CPU of its thread per request); two loops answer 1 / (CPU of the busier thread per
/// request of both), and no more than 2 processors / (CPU of the whole process per request). The
/// first bound shows uneven sharing of connections, the second shows what loops cost each other.
/// What it cannot show is time that loops wait for each other without using CPU.
final class LoopGrowth {
  private LoopGrowth() {}

  static double of(Sample one, Sample two) {
    double byBusiest = one.busiestMicrosPerCount() / two.busiestMicrosPerCount();
    double byTotal = 2 * one.proxyMicrosPerCount() / two.proxyMicrosPerCount();
    return Math.min(byBusiest, byTotal);
  }
}
