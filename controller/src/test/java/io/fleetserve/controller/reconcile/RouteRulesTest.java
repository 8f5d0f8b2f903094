package io.fleetserve.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetserve.api.spec.ReplicaProtocol;
import io.fleetserve.api.spec.ServiceSection;
import io.fleetserve.api.wire.ServiceRoute.HedgeRule;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RouteRulesTest {
  @Test
  void defaultsOfTheFileAreDefaultsOfTheRoute() {
    assertThat(RouteRules.outlier(ServiceSection.Outlier.DEFAULT)).isEqualTo(OutlierRule.DEFAULT);
    assertThat(RouteRules.routing(ServiceSection.Routing.DEFAULT)).isEqualTo(RoutingRule.DEFAULT);
    assertThat(
            RouteRules.protection(
                ServiceSection.Timeouts.NONE,
                ServiceSection.Overload.DEFAULT,
                ServiceSection.Hedge.OFF))
        .isEqualTo(ProtectionRule.DEFAULT);
  }

  @Test
  void everyKeyReachesTheRoute() {
    assertThat(
            RouteRules.outlier(
                new ServiceSection.Outlier(
                    7,
                    0.1,
                    0.3,
                    11,
                    Duration.ofSeconds(20),
                    2.5,
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(90),
                    0.4)))
        .isEqualTo(new OutlierRule(7, 0.1, 0.3, 11, 20_000, 2.5, 3_000, 90_000, 0.4));
    assertThat(
            RouteRules.routing(
                new ServiceSection.Routing(
                    "x-session",
                    "sid",
                    Map.of("H100", 2.0),
                    8,
                    Duration.ofMillis(1500),
                    ReplicaProtocol.HTTP1,
                    null)))
        .isEqualTo(new RoutingRule("x-session", "sid", Map.of("H100", 2.0), 8, 1500));
    assertThat(
            RouteRules.protection(
                new ServiceSection.Timeouts(Duration.ofSeconds(60), Duration.ofNanos(1)),
                new ServiceSection.Overload(Duration.ofSeconds(4), "x-user"),
                new ServiceSection.Hedge(Duration.ofMillis(250), null, false)))
        .isEqualTo(new ProtectionRule(60_000, 1, 4_000, "x-user", new HedgeRule(250, 0, false)));
    assertThat(
            RouteRules.protection(
                    ServiceSection.Timeouts.NONE,
                    ServiceSection.Overload.DEFAULT,
                    new ServiceSection.Hedge(null, 0.95, true))
                .hedge())
        .isEqualTo(new HedgeRule(0, 0.95, true));
  }
}
