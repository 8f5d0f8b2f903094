package io.fleetserve.loadbalancer.endpoint;

/// What became of the requests of one replica within a window that moves in seconds: totals that
/// only grow, as they were at the end of each second. Confined to the thread that takes notes.
final class OutcomeWindow {
  private long[] successes = {0};
  private long[] failures = {0};
  private long notes;

  /// Notes the totals of now, a second after the last time.
  ///
  /// @param seconds length of the window, >= 1; another one than before starts anew
  /// @return the outcomes within the window
  Outliers.Sample note(int replica, long succeeded, long failed, int seconds) {
    if (successes.length != seconds) {
      successes = new long[seconds];
      failures = new long[seconds];
      forget(succeeded, failed);
    }
    int slot = (int) (notes++ % seconds);
    Outliers.Sample sample =
        new Outliers.Sample(replica, succeeded - successes[slot], failed - failures[slot]);
    successes[slot] = succeeded;
    failures[slot] = failed;
    return sample;
  }

  /// Begins anew: what was before does not count.
  void forget(long succeeded, long failed) {
    java.util.Arrays.fill(successes, succeeded);
    java.util.Arrays.fill(failures, failed);
  }
}
