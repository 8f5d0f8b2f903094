package io.fleetserve.benchmarks.sim.load;

/// How well supply follows demand, on a grid of 30 s (Herbst et al., SPEC RG 2016). Percent.
///
/// @param underAccuracy mean of the missing share of the demand
/// @param overAccuracy mean of the needless share of the demand
/// @param underTime share of the time with too few replicas
/// @param overTime share of the time with too many
/// @param instability share of the steps in which supply and demand move in different directions
record Elasticity(
    double underAccuracy,
    double overAccuracy,
    double underTime,
    double overTime,
    double instability) {
  private static final int GRID = 30;

  /// @param slots demanded, per span of the grid
  /// @param supply ready replicas, per second
  static Elasticity of(double[] slots, int[] supply) {
    double under = 0;
    double over = 0;
    double underTime = 0;
    double overTime = 0;
    double unstable = 0;
    int n = Math.min(slots.length, supply.length / GRID);
    int lastDemand = 0;
    int lastSupply = 0;
    for (int k = 0; k < n; k++) {
      int d = (int) Math.max(1, Math.ceil(slots[k] / LoadSimulation.SLOTS));
      int s = supply[(k + 1) * GRID - 1];
      under += Math.max(0.0, d - s) / d;
      over += Math.max(0.0, s - d) / d;
      underTime += d > s ? 1 : 0;
      overTime += s > d ? 1 : 0;
      if (k > 0) {
        unstable +=
            Math.min(1, Math.abs(Integer.signum(s - lastSupply) - Integer.signum(d - lastDemand)));
      }
      lastDemand = d;
      lastSupply = s;
    }
    double all = Math.max(1, n);
    return new Elasticity(
        100 * under / all,
        100 * over / all,
        100 * underTime / all,
        100 * overTime / all,
        100 * unstable / Math.max(1, n - 1));
  }
}
