package io.fleetserve.loadbalancer.admission;

/// A request that waits. Called on its lane.
public interface Waiter {
  /// Monotonic nanoseconds before which only a change of the endpoints makes it worth to try.
  long notBefore();

  /// Monotonic nanoseconds at which waiting ends.
  long deadline();

  /// Tries to go on, and if it does, takes itself out by [HoldQueue#remove]. False if there is no
  /// replica: those behind need not try. True without going on lets them pass until the next tick.
  boolean resume();

  /// Waiting took too long: takes itself out.
  void expire();
}
