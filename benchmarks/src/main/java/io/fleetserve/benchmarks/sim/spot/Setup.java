package io.fleetserve.benchmarks.sim.spot;

import java.util.List;
import java.util.Locale;

/// What a run is about, apart from the trace and the policy.
///
/// @param wanted replicas that should be ready, > 0
/// @param extra replicas above that, for policies that know the word
/// @param coldStartTicks from launch to ready, > 0
/// @param onDemandPrice in spot replicas, the paper's k
/// @param noticeTicks how far ahead the policy is told of a loss of capacity; 0 = never
/// @param prices of spot by zone, or empty: 1 everywhere
record Setup(
    int wanted,
    int extra,
    int coldStartTicks,
    double onDemandPrice,
    int noticeTicks,
    List<Double> prices) {
  Setup {
    prices = List.copyOf(prices);
  }

  /// The paper's setting: 3 replicas, 120 s, spot at a third, one extra.
  static Setup paper(int extra) {
    return new Setup(3, extra, 4, 3, 0, List.of());
  }

  /// 4 replicas, 180 s.
  static Setup wide(int extra, double onDemandPrice) {
    return new Setup(4, extra, 6, onDemandPrice, 0, List.of());
  }

  /// The same with other extra replicas and another notice.
  Setup with(int otherExtra, int otherNoticeTicks) {
    return new Setup(wanted, otherExtra, coldStartTicks, onDemandPrice, otherNoticeTicks, prices);
  }

  /// For people, for example `N 4, 180 s, k 3`.
  String label() {
    return String.format(
        Locale.ROOT,
        "N %d, %d s, k %.0f",
        wanted,
        coldStartTicks * SpotTrace.TICK.toSeconds(),
        onDemandPrice);
  }

  double price(int zone) {
    return prices.isEmpty() ? 1 : prices.get(zone);
  }
}
