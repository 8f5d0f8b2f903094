package io.fleetserve.controller.http;

import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.run.StopSignal;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Every route of the API.
public final class ApiRoutes {
  private ApiRoutes() {}

  /// What agents on other machines need: the rest is for this machine only.
  public static List<Route> ofAgents(Controller controller) {
    return Stream.of(new AgentRoutes(controller).routes(), new BundleRoutes(controller).routes())
        .flatMap(List::stream)
        .toList();
  }

  /// All routes.
  ///
  /// @param metricsPage text of `GET /metrics`
  public static List<Route> of(
      Controller controller, StopSignal stop, Supplier<String> metricsPage) {
    return Stream.of(
            new ServiceRoutes(controller).routes(),
            new LogRoutes(controller).routes(),
            new EventRoutes(controller).routes(),
            new BalancerRoutes(controller).routes(),
            new AgentRoutes(controller).routes(),
            new BundleRoutes(controller).routes(),
            new SystemRoutes(controller, stop, metricsPage).routes())
        .flatMap(List::stream)
        .toList();
  }
}
