package io.fleetserve.loadbalancer.endpoint;

import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.loadbalancer.policy.Loads;
import io.fleetserve.loadbalancer.policy.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The replicas of one route as its policy sees them. Thread-safe.
final class RouteLoads implements Loads {
  private static final String BY_ACCELERATOR = "instance_aware_least_load";

  private final List<Replica> replicas;
  private final Condition condition;
  private final double[] weights;
  private final int maxInFlight;

  /// What is true of a service whatever its route.
  interface Condition {
    /// Requests in flight at all replicas; a hint.
    int inFlight();

    /// So many replicas are ejected that the rest would be overrun: health is ignored.
    boolean isPanic();

    /// Monotonic nanoseconds.
    long now();
  }

  RouteLoads(ServiceRoute rule, List<Replica> replicas, Condition condition) {
    this.replicas = replicas;
    this.condition = condition;
    List<@Nullable String> accelerators = new ArrayList<>();
    replicas.forEach(replica -> accelerators.add(replica.accelerator()));
    weights =
        Weights.of(
            accelerators,
            rule.routing().weights(),
            rule.policy().equals(BY_ACCELERATOR) ? rule.targetQpsByAccelerator() : Map.of());
    maxInFlight = rule.routing().maxInFlight();
  }

  @Override
  public int size() {
    return replicas.size();
  }

  @Override
  public boolean isEligible(int index) {
    Replica replica = replicas.get(index);
    return !replica.isDraining()
        && (replica.health().isEligible() || condition.isPanic())
        && (maxInFlight == 0 || replica.inFlight() < limit(replica));
  }

  /// A replica that warms up takes a part of the limit, at least one request.
  private int limit(Replica replica) {
    return (int) Math.ceil(maxInFlight * replica.warmth());
  }

  /// Counts a request at a replica; false if it cannot take it now.
  boolean acquire(int index) {
    Replica replica = replicas.get(index);
    int limit = maxInFlight == 0 ? Integer.MAX_VALUE : limit(replica);
    return replica.acquire(limit, condition.isPanic());
  }

  /// Share of the replica that would be in use with one more request.
  double busyness(int index) {
    return (inFlight(index) / warmth(index) + 1) / weight(index);
  }

  @Override
  public int inFlight(int index) {
    return replicas.get(index).inFlight();
  }

  @Override
  public int inFlight() {
    return condition.inFlight();
  }

  @Override
  public double weight(int index) {
    return weights[index];
  }

  @Override
  public double warmth(int index) {
    return replicas.get(index).warmth();
  }

  @Override
  public long firstBytes(int index) {
    return replicas.get(index).firstBytes();
  }

  @Override
  public long now() {
    return condition.now();
  }
}
