package io.fleetserve.controller.spot;

import io.fleetserve.controller.spot.MixCost.Fallback;
import io.fleetserve.controller.spot.MixDetail.Candidate;
import io.fleetserve.controller.spot.MixDetail.ZoneRisk;
import io.fleetserve.controller.spot.SpotSearch.Scored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Ours: pays for safety what safety is worth.
///
/// [LossForecast] says how likely each zone is to be lost within one cold start, [ShortagePricing]
/// what a shortage is worth. The spot replicas go where [MixCost] is least ([SpotSearch]), and as
/// many stand on demand as their price is less than the risk they take away. Zones that refused a
/// launch are asked again when they are likely to be up, less and less often
/// ([LossForecast#upAgain]), and the sooner the more spot would save.
record HedgePolicy(ShortagePricing pricing) implements MixPolicy {
  /// The time a launched replica is expected to be of use.
  private static final double HORIZON_MILLIS = 3_600_000;

  /// Least chance that a zone is up, times the share of the bill that spot there would save.
  private static final double WORTH_ASKING = 0.02;

  @Override
  public String name() {
    return "hedge";
  }

  @Override
  public Decision decide(Inputs in) {
    MixMemory memory = ZoneHistory.observe(name(), in).withCredit(pricing.credit(in));
    int[] held = in.zones().stream().mapToInt(ZoneView::held).toArray();
    double[] loss = lossProbabilities(in, memory);
    MixCost cost = cost(in, memory, held, loss);
    boolean[] usable = usable(in, memory, cost);
    List<Scored> mixes = new SpotSearch(cost, held, usable).run();
    int[] spot = SpotSteps.towards(mixes.getFirst().counts(), in, memory);
    Fallback fallback = cost.fallback(held);
    int onDemand = onDemand(in, fallback.onDemand(), spot);
    MixDetail detail =
        new MixDetail(
            fallback.shortage(),
            cost.shortagePrice(),
            zoneRisks(in, memory, loss, usable),
            mixes.stream().map(mix -> candidate(in, cost, mix)).toList());
    return new Decision(
        counts(in, spot), onDemand, memory, reason(in, fallback, cost, onDemand), detail);
  }

  private static boolean[] usable(Inputs in, MixMemory memory, MixCost cost) {
    int missing = in.wanted() - lasting(in);
    boolean[] usable = new boolean[in.zones().size()];
    for (int i = 0; i < usable.length; i++) {
      ZoneView zone = in.zones().get(i);
      ZoneMemory known = memory.of(zone.key());
      usable[i] =
          !zone.noticed()
              && !zone.blocked()
              && (known.isWorthATry(memory.atMillis())
                  || isWorthAsking(known, memory.atMillis(), missing, cost, i));
    }
    return usable;
  }

  /// Where spot is missing, a zone that is less likely to be up is asked too.
  private static boolean isWorthAsking(
      ZoneMemory known, long now, int missing, MixCost cost, int zone) {
    return missing > 0
        && LossForecast.upAgain(known, now) * cost.saving(zone, missing) >= WORTH_ASKING;
  }

  /// Spot replicas that are there to stay, for all that is known.
  private static int lasting(Inputs in) {
    return in.zones().stream().mapToInt(zone -> zone.noticed() ? 0 : zone.held()).sum();
  }

  private static double[] lossProbabilities(Inputs in, MixMemory memory) {
    LossForecast forecast = new LossForecast(memory, in.coldStart().toMillis());
    return in.zones().stream().mapToDouble(forecast::lossProbability).toArray();
  }

  private MixCost cost(Inputs in, MixMemory memory, int[] held, double[] loss) {
    double cheapest =
        in.zones().stream().mapToDouble(ZoneView::price).min().orElse(in.onDemandPrice());
    double onDemandPrice = in.onDemandPrice() / cheapest;
    return new MixCost(
        in.wanted(),
        new ShortageRisk(in.wanted(), loss),
        in.zones().stream().mapToDouble(zone -> zone.price() / cheapest).toArray(),
        onDemandPrice,
        pricing.price(memory.credit(), in.wanted(), onDemandPrice),
        held,
        in.zones().stream().mapToDouble(zone -> launchCost(in, zone)).toArray());
  }

  private static double launchCost(Inputs in, ZoneView zone) {
    Duration start = zone.coldStart() == null ? in.coldStart() : zone.coldStart();
    return start.toMillis() / HORIZON_MILLIS;
  }

  /// Stays while spot is not back, and makes up the number, whatever the price says.
  private static int onDemand(Inputs in, int best, int[] spot) {
    int lasting = 0;
    for (int i = 0; i < spot.length; i++) {
      lasting += in.zones().get(i).noticed() ? 0 : spot[i];
    }
    int kept = in.spotReady() < in.wanted() ? Math.min(in.onDemandLaunched(), in.wanted()) : 0;
    return Math.max(Math.max(best, kept), in.wanted() - lasting);
  }

  private static String reason(Inputs in, Fallback fallback, MixCost cost, int onDemand) {
    return String.format(
        Locale.ROOT,
        "%d wanted, %d of %d spot ready; a shortage within %d s costs %.0f spot replicas, its risk"
            + " with %d on demand is %.2f %%: %d on demand",
        in.wanted(),
        in.spotReady(),
        in.spotHeld(),
        in.coldStart().toSeconds(),
        cost.shortagePrice(),
        fallback.onDemand(),
        100 * fallback.shortage(),
        onDemand);
  }

  private static List<ZoneRisk> zoneRisks(
      Inputs in, MixMemory memory, double[] loss, boolean[] usable) {
    List<ZoneRisk> risks = new ArrayList<>(usable.length);
    for (int i = 0; i < usable.length; i++) {
      ZoneView zone = in.zones().get(i);
      risks.add(
          new ZoneRisk(
              zone.key(), loss[i], usable[i], note(zone, memory.of(zone.key()), usable[i])));
    }
    return risks;
  }

  private static String note(ZoneView zone, ZoneMemory known, boolean usable) {
    if (zone.noticed()) {
      return "about to be taken back";
    }
    if (zone.blocked()) {
      return "blocked";
    }
    return usable
        ? ""
        : known.lostAtMillis() == known.triedAtMillis() ? "just lost" : "just refused";
  }

  private static Candidate candidate(Inputs in, MixCost cost, Scored mix) {
    Fallback fallback = cost.fallback(mix.counts());
    double dollars = in.onDemandPrice() * fallback.onDemand();
    for (int i = 0; i < mix.counts().length; i++) {
      dollars += in.zones().get(i).price() * mix.counts()[i];
    }
    return new Candidate(
        counts(in, mix.counts()), fallback.onDemand(), dollars, fallback.shortage(), mix.score());
  }

  private static List<ZoneCount> counts(Inputs in, int[] counts) {
    List<ZoneCount> list = new ArrayList<>(counts.length);
    for (int i = 0; i < counts.length; i++) {
      list.add(new ZoneCount(in.zones().get(i).key(), counts[i]));
    }
    return list;
  }
}
