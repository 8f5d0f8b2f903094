package io.fleetserve.loadbalancer.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a load-balancing policy compares: the replica with the lowest score gets the next request,
/// equal ones take turns. Thread-safe: stateless.
public enum Scoring {
  /// All equal: turns decide.
  ROUND_ROBIN,
  /// Requests in flight.
  LEAST_LOAD,
  /// Requests in flight, divided by the rate that the replica's accelerator can take.
  INSTANCE_AWARE_LEAST_LOAD;

  /// Scores are fixed-point numbers with this many units for 1.
  private static final double UNIT = 1024;

  /// The policy of a service file; anything unknown is the default, least load.
  public static Scoring of(String name) {
    return switch (name) {
      case "round_robin" -> ROUND_ROBIN;
      case "instance_aware_least_load" -> INSTANCE_AWARE_LEAST_LOAD;
      default -> LEAST_LOAD;
    };
  }

  /// Score of a replica, >= 0.
  ///
  /// @param inFlight >= 0
  /// @param targetQps of the replica's accelerator, > 0; 1 where nothing is known
  public int score(int inFlight, double targetQps) {
    return switch (this) {
      case ROUND_ROBIN -> 0;
      case LEAST_LOAD -> inFlight;
      case INSTANCE_AWARE_LEAST_LOAD ->
          (int) Math.min(ScoreTree.MAX_SCORE, Math.round(inFlight * UNIT / targetQps));
    };
  }

  /// Rate of an accelerator such as `H100:2`: its own entry, else that of the name without a count,
  /// else 1.
  public static double targetQps(@Nullable String accelerator, Map<String, Double> byAccelerator) {
    if (accelerator == null) {
      return 1;
    }
    Double own = byAccelerator.get(accelerator);
    int colon = accelerator.indexOf(':');
    if (own == null && colon > 0) {
      own = byAccelerator.get(accelerator.substring(0, colon));
    }
    return own == null || !(own > 0) ? 1 : own;
  }
}
