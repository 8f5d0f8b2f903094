package io.fleetserve.api.retry;

import static io.fleetserve.api.unit.Checks.check;

/// Limit of retries that run at once, so that retries never multiply an overload. Pure: the caller
/// counts.
///
/// @param share of the requests in flight that may be retries, 0..1
public record RetryBudget(double share) {
  /// Retries allowed at once however little traffic there is.
  public static final int FLOOR = 3;

  public RetryBudget {
    check(share >= 0 && share <= 1, "share", share, "0..1");
  }

  /// Most retries at once.
  ///
  /// @param inFlight requests in flight, retries included, >= 0
  public int limit(int inFlight) {
    return Math.max(FLOOR, (int) (share * inFlight));
  }

  /// Whether one more retry may start.
  ///
  /// @param inFlight requests in flight, retries included, >= 0
  /// @param retrying how many of them are retries, >= 0
  public boolean allows(int inFlight, int retrying) {
    return retrying < limit(inFlight);
  }
}
