package io.fleetserve.controller.spot;

/// What a mix costs, risk included, in cheapest spot replicas: replicas x price + on demand + price
/// of shortage x risk + launches.
///
/// Not thread-safe: one object per decision.
final class MixCost {
  private final int wanted;
  private final ShortageRisk risk;
  private final double[] spotPrices;
  private final double onDemandPrice;
  private final double shortagePrice;
  private final int[] held;
  private final double[] launchCost;

  /// @param risk for the zones of this decision
  /// @param spotPrices by zone, the cheapest = 1
  /// @param onDemandPrice in cheapest spot replicas
  /// @param shortagePrice in cheapest spot replicas for the time of shortage
  /// @param held by zone
  /// @param launchCost by zone, of one replica above `held`: its cold start, spread over the time
  ///   it is expected to be of use
  MixCost(
      int wanted,
      ShortageRisk risk,
      double[] spotPrices,
      double onDemandPrice,
      double shortagePrice,
      int[] held,
      double[] launchCost) {
    this.wanted = wanted;
    this.risk = risk;
    this.spotPrices = spotPrices;
    this.onDemandPrice = onDemandPrice;
    this.shortagePrice = shortagePrice;
    this.held = held;
    this.launchCost = launchCost;
  }

  int wanted() {
    return wanted;
  }

  double shortagePrice() {
    return shortagePrice;
  }

  /// With the best number of replicas on demand.
  double of(int[] counts) {
    double total = fallback(counts).cost();
    for (int zone = 0; zone < counts.length; zone++) {
      total += counts[zone] * spotPrices[zone];
      total += Math.max(0, counts[zone] - held[zone]) * launchCost[zone];
    }
    return total;
  }

  /// Share of what the replicas held now cost that so many more in `zone` would save, at most 1;
  /// below 0 where they would cost more.
  double saving(int zone, int replicas) {
    int[] more = held.clone();
    more[zone] += replicas;
    return 1 - of(more) / of(held);
  }

  /// On-demand replicas beside spot ones.
  ///
  /// @param shortage probability that they are too few
  /// @param cost of them and of the risk that is left
  record Fallback(int onDemand, double shortage, double cost) {}

  /// The number on demand that makes on demand and risk cheapest together; a newsvendor's choice.
  Fallback fallback(int[] counts) {
    double[] survivors = risk.survivors(counts);
    double shortage = 0;
    for (int alive = 0; alive < wanted; alive++) {
      shortage += survivors[alive];
    }
    Fallback best = fallback(0, shortage);
    for (int onDemand = 1; onDemand <= wanted; onDemand++) {
      shortage = Math.max(0, shortage - survivors[wanted - onDemand]);
      Fallback next = fallback(onDemand, onDemand == wanted ? 0 : shortage);
      if (next.cost() < best.cost() - 1e-12) {
        best = next;
      }
    }
    return best;
  }

  private Fallback fallback(int onDemand, double shortage) {
    return new Fallback(onDemand, shortage, onDemandPrice * onDemand + shortagePrice * shortage);
  }
}
