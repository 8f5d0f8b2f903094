package io.fleetserve.controller.reconcile;

import io.fleetserve.api.spec.ServiceSection;
import io.fleetserve.api.wire.ServiceRoute.HedgeRule;
import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RetryRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Sections of a service file in the form in which load balancers get them. Pure.
final class RouteRules {
  private RouteRules() {}

  static HoldLimits hold(ServiceSection.Hold hold) {
    return new HoldLimits(hold.maxWait().toMillis(), hold.maxRequests(), hold.maxBytes());
  }

  static RetryRule retry(ServiceSection.Retry retry) {
    return new RetryRule(retry.attempts(), retry.budget(), retry.idempotentOnly());
  }

  static OutlierRule outlier(ServiceSection.Outlier outlier) {
    return new OutlierRule(
        outlier.consecutiveFailures(),
        outlier.maxEjectedFraction(),
        outlier.failureFraction(),
        outlier.minRequests(),
        outlier.window().toMillis(),
        outlier.stdevFactor(),
        outlier.baseEjection().toMillis(),
        outlier.maxEjection().toMillis(),
        outlier.panicFraction());
  }

  static RoutingRule routing(ServiceSection.Routing routing) {
    Integer limit = routing.maxInFlight();
    return new RoutingRule(
        routing.sessionHeader(),
        routing.sessionCookie(),
        routing.weights(),
        limit == null ? 0 : limit,
        routing.slowStart().toMillis());
  }

  static ProtectionRule protection(
      ServiceSection.Timeouts timeouts,
      ServiceSection.Overload overload,
      ServiceSection.Hedge hedge) {
    return new ProtectionRule(
        millis(timeouts.request()),
        millis(timeouts.firstByte()),
        overload.maxWait().toMillis(),
        overload.fairHeader(),
        hedge(hedge));
  }

  private static HedgeRule hedge(ServiceSection.Hedge hedge) {
    Double quantile = hedge.quantile();
    return new HedgeRule(
        millis(hedge.after()), quantile == null ? 0 : quantile, hedge.idempotentOnly());
  }

  /// At least 1; 0 for none.
  private static long millis(@Nullable Duration limit) {
    return limit == null ? 0 : Math.max(1, limit.toMillis());
  }
}
