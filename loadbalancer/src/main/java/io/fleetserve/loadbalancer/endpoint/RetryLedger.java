package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.retry.RetryBudget;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Retries and hedges of one service, against its budget: by how many there are at once, and by how
/// many there were. Thread-safe; [#onSecond] belongs to one thread.
final class RetryLedger {
  /*
   * The share of requests in flight alone does not bound the work: attempts that fail fast are hardly
   * ever in flight. So retries of the last WINDOW seconds are counted against the requests of that
   * time, with a reserve so that a service with little traffic may retry at all (Finagle's budget:
   * 20 % of the requests and 10 a second, forgotten after 10 s). Requests are read from counters that
   * exist anyway: a request that is not retried pays nothing.
   */
  private static final int WINDOW = 10;
  private static final int RESERVE = 10 * WINDOW;

  private final AtomicInteger running = new AtomicInteger();
  private final LongAdder taken = new LongAdder();
  private final long[] arrivalsAt = new long[WINDOW];
  private final long[] takenAt = new long[WINDOW];
  private int seconds;
  private volatile long arrivalsBefore;
  private volatile long takenBefore;

  /// Takes one retry out; false when the budget is used up. Each true needs one [#giveBack].
  ///
  /// @param share of the budget, 0..1
  /// @param inFlight attempts in flight now, retries included
  /// @param arrivals requests so far
  boolean take(double share, int inFlight, long arrivals) {
    if (!new RetryBudget(share).allows(inFlight, running.get())) {
      return false;
    }
    double most = share * Math.max(0, arrivals - arrivalsBefore) + (share > 0 ? RESERVE : 0);
    if (share > 0 && taken.sum() - takenBefore >= most) {
      return false;
    }
    running.incrementAndGet();
    taken.increment();
    return true;
  }

  void giveBack() {
    running.decrementAndGet();
  }

  int running() {
    return running.get();
  }

  /// A second passed.
  ///
  /// @param arrivals requests so far
  void onSecond(long arrivals) {
    int slot = seconds++ % WINDOW;
    arrivalsBefore = arrivalsAt[slot];
    takenBefore = takenAt[slot];
    arrivalsAt[slot] = arrivals;
    takenAt[slot] = taken.sum();
  }
}
