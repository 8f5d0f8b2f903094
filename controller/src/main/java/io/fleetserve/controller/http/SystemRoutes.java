package io.fleetserve.controller.http;

import io.fleetserve.api.wire.ServiceView;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.run.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.annotation.JsonNaming;

/// The controller itself: health, infrastructure, metrics, the API's document, and its end.
final class SystemRoutes {
  private static final String DOCUMENT = "/io/fleetserve/api/openapi.yaml";

  private final Controller controller;
  private final StopSignal stop;
  private final Supplier<String> metricsPage;

  /// Body of `POST /stop`.
  ///
  /// @param keepServing leave load balancer and replicas as they are
  @JsonNaming(tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy.class)
  record StopRequest(boolean keepServing) {}

  SystemRoutes(Controller controller, StopSignal stop, Supplier<String> metricsPage) {
    this.controller = controller;
    this.stop = stop;
    this.metricsPage = metricsPage;
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "GET", "/health", Access.OPERATOR, exchange -> exchange.json(200, controller.info())),
        new Route(
            "GET", "/infra", Access.OPERATOR, exchange -> exchange.json(200, controller.infra())),
        new Route(
            "GET",
            "/agents",
            Access.OPERATOR,
            exchange -> exchange.json(200, controller.remoteAgents())),
        new Route("POST", "/stop", Access.OPERATOR, this::stop),
        new Route("POST", "/restart-load-balancer", Access.OPERATOR, this::restartBalancer),
        new Route("GET", "/openapi.yaml", Access.OPERATOR, SystemRoutes::document),
        new Route(
            "GET",
            "/metrics",
            Access.OPERATOR,
            exchange ->
                exchange.text("text/plain; version=0.0.4; charset=utf-8", metricsPage.get())));
  }

  private void stop(Exchange exchange) throws IOException {
    boolean keepServing = exchange.body(StopRequest.class).keepServing();
    List<String> names = controller.services().list().stream().map(ServiceView::name).toList();
    if (!names.isEmpty() && !keepServing) {
      throw Problems.servicesExist(names);
    }
    exchange.json(202, controller.info());
    stop.request(keepServing);
  }

  private void restartBalancer(Exchange exchange) throws IOException, InterruptedException {
    Optional<String> failure = controller.replaceBalancer();
    if (failure.isPresent()) {
      throw Problems.balancerNotReplaced(failure.get());
    }
    exchange.json(200, controller.info());
  }

  private static void document(Exchange exchange) throws IOException {
    try (InputStream in = SystemRoutes.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IllegalStateException(DOCUMENT + " is not on the class path");
      }
      exchange.text("application/yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
