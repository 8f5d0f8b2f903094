package io.fleetserve.loadbalancer.admission;

import static io.fleetserve.api.unit.Checks.check;

/// Whether one more request of a client may wait. Pure.
///
/// @param waiting requests that wait, this one not included, >= 0
/// @param ofClient how many of them are this client's, >= 0
/// @param clients how many clients wait, this one included, >= 1
/// @param places requests that can be at replicas at once; 0 without a limit: then nobody waits for
///   a place, only for a replica
/// @param meanNanos that a request keeps a place; 0 when nothing is known
public record Admission(int waiting, int ofClient, int clients, int places, double meanNanos) {
  /*
   * A queue in front of an overloaded service is worth nothing: everybody waits for as long as the
   * queue is long, and gives up. So a request that would wait too long is turned away when it comes,
   * and those that are let in are all served in time. By Little's law the wait at position p is
   * p * (mean time at a place) / places. The order is fair between clients (HoldOrder), so a client
   * with few waiting requests has a low position, however long the queue of another one is.
   *
   * For the same reason no client may fill the queue: it gets at most SHARE times what is left for
   * all (dynamic thresholds, Choudhury and Hahne 1998).
   */
  private static final int SHARE = 8;

  private static final long LONGEST_RETRY = 60;

  public Admission {
    check(waiting >= 0, "waiting", waiting, ">= 0");
    check(ofClient >= 0, "ofClient", ofClient, ">= 0");
    check(clients >= 1, "clients", clients, ">= 1");
  }

  /// What becomes of the request.
  public enum Verdict {
    WAITS,
    /// The queue is full.
    FULL,
    /// The replicas are so busy that it would wait too long.
    OVERLOADED,
    /// The same, or the queue is nearly full, and most of it is this client's.
    GREEDY
  }

  /// Judges by the limits of the service.
  ///
  /// @param maxWaiting most requests that wait, >= 0
  /// @param longestNanos longest wait for a place
  public Verdict judge(int maxWaiting, long longestNanos) {
    if (waiting >= maxWaiting) {
      return Verdict.FULL;
    }
    if (ofClient >= SHARE * (long) (maxWaiting - waiting)) {
      return Verdict.GREEDY;
    }
    if (waitNanos(position()) <= longestNanos) {
      return Verdict.WAITS;
    }
    return clients > 1 && (long) ofClient * clients > waiting ? Verdict.GREEDY : Verdict.OVERLOADED;
  }

  /// How many requests go before this one, and itself.
  private long position() {
    return 1 + Math.min(waiting, (ofClient + 1L) * clients - 1);
  }

  private double waitNanos(long position) {
    return places == 0 ? 0 : position * meanNanos / places;
  }

  /// Seconds after which a request that is turned away should come again: when those that wait now
  /// are through; 1 to 60.
  public int retryAfterSeconds() {
    return (int) Math.clamp(Math.ceil(waitNanos(waiting) / 1e9), 1, LONGEST_RETRY);
  }
}
