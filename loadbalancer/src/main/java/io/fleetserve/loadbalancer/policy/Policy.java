package io.fleetserve.loadbalancer.policy;

/// Which replica gets the next request. Thread-safe, lock-free; every call costs O(log n) at most.
///
/// A policy is told when something about a replica changed and may keep what it needs to choose
/// fast. Whatever it answers is a proposal: between the choice and the request the replica may have
/// become ineligible.
public interface Policy {
  /// A request that belongs to no session.
  long NO_KEY = 0;

  /// The load of a replica changed, or whether it is eligible.
  void changed(int replica);

  /// The weight or the warmth of a replica changed; implies [#changed].
  void weighed(int replica);

  /// A replica; -1 when none is eligible.
  ///
  /// @param turn a counter of the service: equal replicas take turns by it
  /// @param key hash of the request's session, or [#NO_KEY]
  /// @param attempt how often this request was proposed a replica that it could not take, from 0
  int choose(long turn, long key, int attempt);

  /// The policy with the name it has in a service file; anything unknown is the default, least
  /// load.
  static Policy of(String name, Loads loads) {
    return switch (name) {
      case "round_robin" -> new Turns(loads);
      case "power_of_two" -> new TwoChoices(loads, false);
      case "peak_ewma" -> new TwoChoices(loads, true);
      default -> new LeastLoad(loads);
    };
  }
}
