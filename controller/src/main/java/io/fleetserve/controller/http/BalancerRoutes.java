package io.fleetserve.controller.http;

import io.fleetserve.api.wire.LoadReport;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.stream.EndpointUpdate;
import io.fleetserve.controller.stream.Subscription;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What load balancers are told, and what they tell.
final class BalancerRoutes {
  private final Controller controller;

  BalancerRoutes(Controller controller) {
    this.controller = controller;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/loadbalancers/{id}/endpoints", Access.LOAD_BALANCER, this::endpoints),
        new Route("POST", "/loadbalancers/{id}/reports", Access.LOAD_BALANCER, this::report));
  }

  private void report(Exchange exchange) throws IOException {
    LoadReport report = exchange.body(LoadReport.class);
    if (!report.loadBalancerId().equals(exchange.path("id"))) {
      throw Problems.badRequest(
          "loadBalancerId: "
              + report.loadBalancerId()
              + " (expected: "
              + exchange.path("id")
              + ")");
    }
    controller.reported(report);
    exchange.noContent();
  }

  private void endpoints(Exchange exchange) throws IOException, InterruptedException {
    try (Subscription<EndpointUpdate> subscription = controller.endpoints().subscribe();
        EventStream stream = new EventStream(exchange)) {
      while (true) {
        Optional<EndpointUpdate> update = subscription.next(EventStream.HEARTBEAT);
        switch (update.orElse(null)) {
          case EndpointUpdate.Full full ->
              stream.send("snapshot", full.snapshot().generation(), full.snapshot());
          case EndpointUpdate.Change change ->
              stream.send("delta", change.delta().generation(), change.delta());
          case null -> {
            if (subscription.isClosed()) {
              return;
            }
            stream.heartbeat();
          }
        }
      }
    }
  }
}
