package io.fleetserve.controller.spot;

/// What a policy remembers of one zone. Times are epoch milliseconds, 0 = never.
///
/// @param launched replicas that existed here at the last decision
/// @param avoided a loss or a failed launch was seen here, and no successful launch since
/// @param heldSinceMillis since when something has been held here without a loss; 0 while nothing
///   is held
/// @param lostAtMillis last loss
/// @param downSinceMillis first failed launch or loss after the last success; 0 while up or unknown
/// @param triedAtMillis last launch that failed, or the loss
/// @param losses times that replicas were lost here, those long ago counting less
/// @param exposure losses an average zone would have had in the time held here, counted alike
/// @param noticedAtMillis when the notice that stands was first seen; 0 while there is none
/// @param noticeMillis sum over `losses` of the time between their notice and them, counted alike;
///   a loss without notice adds nothing
public record ZoneMemory(
    ZoneKey zone,
    int launched,
    boolean avoided,
    long heldSinceMillis,
    long lostAtMillis,
    long downSinceMillis,
    long triedAtMillis,
    double losses,
    double exposure,
    long noticedAtMillis,
    double noticeMillis) {
  /// Over this a zone that was down is worth a try.
  private static final double WORTH_A_TRY = 0.07;

  /// Nothing is known.
  public static ZoneMemory unknown(ZoneKey zone) {
    return new ZoneMemory(zone, 0, false, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /// Whether it is up for all that is known, or was down and is likely enough to have come up
  /// since.
  ///
  /// @param now epoch milliseconds
  public boolean isWorthATry(long now) {
    return LossForecast.upAgain(this, now) >= WORTH_A_TRY;
  }

  ZoneMemory withAvoided(boolean mark) {
    return new ZoneMemory(
        zone,
        launched,
        mark,
        heldSinceMillis,
        lostAtMillis,
        downSinceMillis,
        triedAtMillis,
        losses,
        exposure,
        noticedAtMillis,
        noticeMillis);
  }
}
