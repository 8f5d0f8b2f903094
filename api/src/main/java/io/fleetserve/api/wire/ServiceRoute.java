package io.fleetserve.api.wire;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One service as a load balancer sees it.
///
/// @param version newest version that receives traffic; for display
/// @param listenPort port of this service's own listener
/// @param hosts names under which the shared port serves it, lower case
/// @param policy name of the load-balancing policy as in a service file
/// @param targetQpsByAccelerator for `instance_aware_least_load`; empty otherwise
/// @param endpoints replicas that are ready or draining
/// @param emptyReason why no endpoint is ready, for example `scaled to zero`; null when one is. An
///   empty route without a reason is refused
/// @param wanted replicas the controller wants now; 0 with a request waiting means: wake
/// @param tls of the service's own port; null means plain HTTP
/// @param countsTokens whether answers are looked through for the tokens they cost
/// @param agents attempts whose agents may have tunnels; a missing set is an empty one
public record ServiceRoute(
    String service,
    int version,
    int listenPort,
    List<String> hosts,
    String policy,
    Map<String, Double> targetQpsByAccelerator,
    long streamTimeoutMillis,
    HoldLimits hold,
    RetryRule retry,
    OutlierRule outlier,
    RoutingRule routing,
    ProtectionRule protection,
    List<ReplicaEndpoint> endpoints,
    @Nullable String emptyReason,
    int wanted,
    @Nullable TlsRule tls,
    boolean countsTokens,
    Set<String> agents) {
  @SuppressWarnings("ConstantValue") // what comes from a file may lack it
  public ServiceRoute {
    agents = agents == null ? Set.of() : Set.copyOf(agents);
    hosts = List.copyOf(hosts);
    targetQpsByAccelerator = Map.copyOf(targetQpsByAccelerator);
    endpoints = List.copyOf(endpoints);
  }

  /// A service whose port speaks plain HTTP, whose tokens are not counted, and whose replicas are
  /// reached at their addresses.
  public ServiceRoute(
      String service,
      int version,
      int listenPort,
      List<String> hosts,
      String policy,
      Map<String, Double> targetQpsByAccelerator,
      long streamTimeoutMillis,
      HoldLimits hold,
      RetryRule retry,
      OutlierRule outlier,
      RoutingRule routing,
      ProtectionRule protection,
      List<ReplicaEndpoint> endpoints,
      @Nullable String emptyReason,
      int wanted) {
    this(
        service,
        version,
        listenPort,
        hosts,
        policy,
        targetQpsByAccelerator,
        streamTimeoutMillis,
        hold,
        retry,
        outlier,
        routing,
        protection,
        endpoints,
        emptyReason,
        wanted,
        null,
        false,
        Set.of());
  }

  /// See `ServiceSection.Hold`.
  public record HoldLimits(long maxWaitMillis, int maxRequests, long maxBytes) {}

  /// See `ServiceSection.Retry`.
  public record RetryRule(int attempts, double budget, boolean idempotentOnly) {}

  /// See `ServiceSection.Outlier`.
  public record OutlierRule(
      int consecutiveFailures,
      double maxEjectedFraction,
      double failureFraction,
      int minRequests,
      long windowMillis,
      double stdevFactor,
      long baseEjectionMillis,
      long maxEjectionMillis,
      double panicFraction) {
    public static final OutlierRule DEFAULT =
        new OutlierRule(5, 0.5, 0.2, 10, 30_000, 1.9, 2_000, 60_000, 0.5);
  }

  /// See `ServiceSection.Routing`.
  ///
  /// @param sessionHeader lower case; null means none
  /// @param sessionCookie null means none
  /// @param maxInFlight at one replica; 0 means no limit
  public record RoutingRule(
      @Nullable String sessionHeader,
      @Nullable String sessionCookie,
      Map<String, Double> weights,
      int maxInFlight,
      long slowStartMillis) {
    public static final RoutingRule DEFAULT = new RoutingRule(null, null, Map.of(), 0, 30_000);

    public RoutingRule {
      weights = Map.copyOf(weights);
    }
  }

  /// See `ServiceSection.Timeouts`, `ServiceSection.Overload` and `ServiceSection.Hedge`.
  ///
  /// @param requestTimeoutMillis 0 means none
  /// @param firstByteTimeoutMillis 0 means none
  /// @param busyWaitMillis longest wait for a place at a busy replica
  /// @param fairHeader lower case; null means by the client's address
  public record ProtectionRule(
      long requestTimeoutMillis,
      long firstByteTimeoutMillis,
      long busyWaitMillis,
      @Nullable String fairHeader,
      HedgeRule hedge) {
    public static final ProtectionRule DEFAULT =
        new ProtectionRule(0, 0, 10_000, null, HedgeRule.OFF);
  }

  /// See `ServiceSection.Hedge`.
  ///
  /// @param afterMillis 0 means by the quantile
  /// @param quantile 0 means by the fixed time
  public record HedgeRule(long afterMillis, double quantile, boolean idempotentOnly) {
    public static final HedgeRule OFF = new HedgeRule(0, 0, true);

    /// Whether requests are hedged at all.
    public boolean enabled() {
      return afterMillis > 0 || quantile > 0;
    }
  }
}
