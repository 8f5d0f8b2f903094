package io.fleetserve.controller.spot;

/// How likely a zone is to lose its spot capacity within a cold start.
///
/// Three things tell, in months of recorded capacity of three sets of zones:
///
/// - age: the rate of loss falls with the time a zone has been up, like 0.75 / (age + 22.5 min), a
///   Lomax (Pareto II) lifetime. Since a launch shows only that a zone is up, not since when, part
///   of the time since it was last known to be down counts as age.
/// - the zone itself: expected losses are corrected by those seen there, with a Gamma prior of two
///   losses (Gamma-Poisson); what was seen is forgotten over two days.
/// - its region: after a loss, other zones of the region lose theirs too, about 1.4 % per 30 s,
///   decaying over 15 minutes.
///
/// Where losses used to be announced, that much less of the cold start is at risk.
final class LossForecast {
  private static final double SHAPE = 0.75;

  /// 22.5 minutes.
  static final double SCALE_MILLIS = 22.5 * 60_000;

  private static final double PRIOR_LOSSES = 2;
  private static final double MEMORY_MILLIS = 48 * 3_600_000.0;
  private static final double AGE_SHARE = 0.3;
  private static final double LONGEST_GUESS_MILLIS = 3_600_000;
  private static final double CONTAGION_PER_MILLI = 0.0143 / 30_000;
  private static final double CONTAGION_MILLIS = 900_000;
  private static final double PRIOR_SILENT_LOSSES = 3;
  private static final double SHORTEST_RISK_MILLIS = 30_000;

  private final MixMemory memory;
  private final double now;
  private final double horizonMillis;

  /// @param memory with what this decision sees
  LossForecast(MixMemory memory, long coldStartMillis) {
    this.memory = memory;
    now = memory.atMillis();
    horizonMillis = horizon(coldStartMillis);
  }

  /// From 0 to 1; for a zone where nothing is held, should something be launched now.
  double lossProbability(ZoneView view) {
    if (view.noticed()) {
      return 1;
    }
    ZoneMemory zone = memory.of(view.key());
    double own =
        SHAPE
            / (age(zone) + SCALE_MILLIS)
            * (PRIOR_LOSSES + zone.losses())
            / (PRIOR_LOSSES + zone.exposure());
    return 1 - Math.exp(-(own + contagion(view.key())) * horizonMillis);
  }

  private double age(ZoneMemory zone) {
    double since = zone.heldSinceMillis() == 0 ? now : zone.heldSinceMillis();
    double down = Math.max(zone.lostAtMillis(), zone.triedAtMillis());
    double guess =
        down == 0
            ? LONGEST_GUESS_MILLIS
            : Math.clamp(AGE_SHARE * (since - down), 0, LONGEST_GUESS_MILLIS);
    return Math.max(0, now - since) + guess;
  }

  private double contagion(ZoneKey key) {
    double last = 0;
    for (ZoneMemory other : memory.zones()) {
      if (other.lostAtMillis() > last && other.zone().sameRegion(key)) {
        last = other.lostAtMillis();
      }
    }
    return last == 0
        ? 0
        : CONTAGION_PER_MILLI * Math.exp(-Math.max(0, now - last) / CONTAGION_MILLIS);
  }

  private double horizon(long coldStartMillis) {
    double warned = 0;
    double losses = PRIOR_SILENT_LOSSES;
    for (ZoneMemory zone : memory.zones()) {
      warned += zone.noticeMillis();
      losses += zone.losses();
    }
    double least = Math.min(SHORTEST_RISK_MILLIS, (double) coldStartMillis);
    return Math.max(least, coldStartMillis - warned / losses);
  }

  /// Losses an average zone has between two ages, milliseconds; 0 where `to` is not after `from`.
  static double expectedLosses(long from, long to) {
    long start = Math.max(0, from);
    return to <= start ? 0 : SHAPE * Math.log((to + SCALE_MILLIS) / (start + SCALE_MILLIS));
  }

  /// What is left of an observation after a time, 0 to 1.
  static double remembered(long millis) {
    return Math.exp(-Math.max(0, millis) / MEMORY_MILLIS);
  }

  /// Probability that a zone which was down when it was last tried has come up since: down times
  /// follow the same law as up times.
  static double upAgain(ZoneMemory zone, long now) {
    if (zone.downSinceMillis() == 0) {
      return 1;
    }
    double before = Math.max(0, zone.triedAtMillis() - zone.downSinceMillis()) + SCALE_MILLIS;
    double since = Math.max(0, now - zone.triedAtMillis());
    return 1 - Math.pow(before / (before + since), SHAPE);
  }
}
