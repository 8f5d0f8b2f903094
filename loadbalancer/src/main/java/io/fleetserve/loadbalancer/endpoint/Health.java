package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ServiceRoute.OutlierRule;

/// Passive health of one replica: a pure state machine over the outcomes of its requests.
///
///     HEALTHY --refused, N failures in a row, outlier--> EJECTED --time passed--> HALF_OPEN
///        ^                                                ^  ^                        | one request
///        |                                                |  +------- failure --- PROBING
///        +---------- success (ejected: in panic only) ----+------------------------- success
///
/// The time of an ejection doubles with each one in a row, from the rule's base to its maximum, and
/// is then lengthened by up to a fifth at random, so that replicas ejected together do not return
/// together. Every [PassiveHealth#FORGIVE] spent healthy forgets one of them.
///
/// @param failures in a row
/// @param ejections in a row
/// @param until monotonic nanoseconds at which an ejection ends; meaningful in EJECTED only
/// @param cause of the last ejection; NONE before
public record Health(Phase phase, int failures, int ejections, long until, Cause cause) {
  /// Nothing bad seen.
  public static final Health HEALTHY = new Health(Phase.HEALTHY, 0, 0, 0, Cause.NONE);

  private static final double JITTER = 0.2;

  /// Where a replica stands.
  public enum Phase {
    HEALTHY,
    EJECTED,
    HALF_OPEN,
    PROBING
  }

  /// Why a replica was ejected.
  public enum Cause {
    NONE,
    /// It refused a connection.
    REFUSED,
    /// Too many failures in a row.
    FAILURES_IN_A_ROW,
    /// Too large a part of its requests failed, while others did better.
    FAILURE_FRACTION,
    /// Its success rate lies far below that of the others.
    SUCCESS_RATE,
    /// The request that should bring it back failed.
    PROBE_FAILED
  }

  /// Whether the next request may go to the replica.
  public boolean isEligible() {
    return phase == Phase.HEALTHY || phase == Phase.HALF_OPEN;
  }

  /// Taken out of the choice by this load balancer.
  public boolean isEjected() {
    return phase != Phase.HEALTHY;
  }

  /// Healthy, and the last request did not fail.
  boolean isSpotless() {
    return phase == Phase.HEALTHY && failures == 0;
  }

  /// In the choice, and not one that would be out if it were not one too many.
  boolean isAvailable(OutlierRule rule) {
    return phase == Phase.HEALTHY && failures < rule.consecutiveFailures();
  }

  /// Whether a failure of this kind would eject it now.
  boolean isLastStraw(Fault fault, OutlierRule rule) {
    return phase != Phase.HEALTHY
        || fault == Fault.REFUSED
        || failures + 1 >= rule.consecutiveFailures();
  }

  /// A request is sent.
  public Health onSent() {
    return phase == Phase.HALF_OPEN ? with(Phase.PROBING) : this;
  }

  /// A request of which nothing can be learnt ended, for example because its client left.
  public Health onUnknown() {
    return phase == Phase.PROBING ? with(Phase.HALF_OPEN) : this;
  }

  /// A request was answered.
  ///
  /// @param panic ejected replicas get requests too; else a late answer to an old request says
  ///   nothing about an ejected one now
  public Health onSuccess(boolean panic) {
    return switch (phase) {
      case HEALTHY -> failures == 0 ? this : new Health(Phase.HEALTHY, 0, ejections, 0, cause);
      case EJECTED -> panic ? new Health(Phase.HEALTHY, 0, ejections, 0, cause) : this;
      case HALF_OPEN, PROBING -> new Health(Phase.HEALTHY, 0, ejections, 0, cause);
    };
  }

  /// A request failed.
  ///
  /// @param mayEject false when too many are ejected already
  /// @param random 0 to 1
  /// @param now monotonic nanoseconds
  Health onFailure(Fault fault, OutlierRule rule, boolean mayEject, double random, long now) {
    return switch (phase) {
      case HEALTHY -> {
        boolean out = isLastStraw(fault, rule);
        if (out && mayEject) {
          boolean refused = fault == Fault.REFUSED;
          yield ejected(refused ? Cause.REFUSED : Cause.FAILURES_IN_A_ROW, rule, random, now);
        }
        int counted = out ? Math.max(failures + 1, rule.consecutiveFailures()) : failures + 1;
        yield new Health(Phase.HEALTHY, counted, ejections, 0, cause);
      }
      case EJECTED -> this;
      // It was out already: staying out needs no permission.
      case HALF_OPEN, PROBING -> ejected(Cause.PROBE_FAILED, rule, random, now);
    };
  }

  /// Found to be an outlier.
  Health onOutlier(Cause why, OutlierRule rule, double random, long now) {
    return phase == Phase.HEALTHY ? ejected(why, rule, random, now) : this;
  }

  private Health ejected(Cause why, OutlierRule rule, double random, long now) {
    long base = rule.baseEjectionMillis() * 1_000_000;
    long doubled = base << Math.min(ejections, 20);
    long most = rule.maxEjectionMillis() * 1_000_000;
    long time = doubled >>> Math.min(ejections, 20) == base ? Math.min(most, doubled) : most;
    long jitter = (long) (time * JITTER * random);
    return new Health(Phase.EJECTED, failures + 1, ejections + 1, now + time + jitter, why);
  }

  /// Time passed.
  public Health onTime(long now) {
    return phase == Phase.EJECTED && now - until >= 0 ? with(Phase.HALF_OPEN) : this;
  }

  /// Ejected replicas had their part in an outage of most, which is over.
  Health onPanicEnd() {
    return phase == Phase.EJECTED ? with(Phase.HALF_OPEN) : this;
  }

  /// It was healthy for a while.
  Health onForgive() {
    return phase == Phase.HEALTHY && ejections > 0
        ? new Health(phase, failures, ejections - 1, until, cause)
        : this;
  }

  private Health with(Phase next) {
    return new Health(next, failures, ejections, until, cause);
  }
}
