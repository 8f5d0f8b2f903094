package io.fleetserve.loadbalancer.endpoint;

import java.time.Duration;

/// Passive health of one replica: a pure state machine over the outcomes of its requests.
///
///     HEALTHY --refused, or N failures in a row--> EJECTED --time passed--> HALF_OPEN
///        ^                                            ^                        | one request
///        |                                            +------- failure --- PROBING
///        +------------------------------------------------------ success -----+
///
/// The time of an ejection doubles with each one in a row, from [#BASE] to [#MAX]; a success in
/// HEALTHY state after an ejection forgets one of them.
///
/// @param failures in a row
/// @param ejections in a row
/// @param until monotonic nanoseconds at which an ejection ends; meaningful in EJECTED only
public record Health(Phase phase, int failures, int ejections, long until) {
  public static final Duration BASE = Duration.ofSeconds(2);
  public static final Duration MAX = Duration.ofSeconds(60);

  /// Nothing bad seen.
  public static final Health HEALTHY = new Health(Phase.HEALTHY, 0, 0, 0);

  /// Where a replica stands.
  public enum Phase {
    HEALTHY,
    EJECTED,
    HALF_OPEN,
    PROBING
  }

  /// Whether the next request may go to the replica.
  public boolean isEligible() {
    return phase == Phase.HEALTHY || phase == Phase.HALF_OPEN;
  }

  /// Taken out of the choice by this load balancer.
  public boolean isEjected() {
    return phase != Phase.HEALTHY;
  }

  /// A request is sent.
  public Health onSent() {
    return phase == Phase.HALF_OPEN ? new Health(Phase.PROBING, failures, ejections, until) : this;
  }

  /// A request of which nothing can be learnt ended, for example because its client left.
  public Health onUnknown() {
    return phase == Phase.PROBING ? new Health(Phase.HALF_OPEN, failures, ejections, until) : this;
  }

  public Health onSuccess() {
    return switch (phase) {
      case HEALTHY ->
          failures == 0 && ejections == 0
              ? this
              : new Health(Phase.HEALTHY, 0, Math.max(0, ejections - 1), 0);
      // A late answer to an old request says nothing about now.
      case EJECTED -> this;
      case HALF_OPEN, PROBING -> new Health(Phase.HEALTHY, 0, ejections, 0);
    };
  }

  /// A request failed.
  ///
  /// @param refused the connection was refused: nobody is there
  /// @param threshold failures in a row that eject, >= 1
  /// @param mayEject false when too many are ejected already
  public Health onFailure(boolean refused, int threshold, boolean mayEject, long now) {
    return switch (phase) {
      case HEALTHY ->
          mayEject && (refused || failures + 1 >= threshold)
              ? ejected(now)
              : new Health(Phase.HEALTHY, failures + 1, ejections, 0);
      case EJECTED -> this;
      // It was out already: staying out needs no permission.
      case HALF_OPEN, PROBING -> ejected(now);
    };
  }

  private Health ejected(long now) {
    long time = Math.min(MAX.toNanos(), BASE.toNanos() << Math.min(ejections, 10));
    return new Health(Phase.EJECTED, failures + 1, ejections + 1, now + time);
  }

  /// Time passed.
  public Health onTime(long now) {
    return phase == Phase.EJECTED && now - until >= 0
        ? new Health(Phase.HALF_OPEN, failures, ejections, until)
        : this;
  }
}
