package io.fleetserve.controller.http;

import io.fleetserve.api.wire.RollbackRequest;
import io.fleetserve.api.wire.ServiceRequest;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.run.WatchMessage;
import io.fleetserve.controller.stream.Subscription;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Services, their versions and replicas.
final class ServiceRoutes {
  private final Controller controller;

  ServiceRoutes(Controller controller) {
    this.controller = controller;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/services", Access.OPERATOR, this::list),
        new Route("POST", "/services", Access.OPERATOR, this::create),
        new Route("GET", "/services/{name}", Access.OPERATOR, this::find),
        new Route("DELETE", "/services/{name}", Access.OPERATOR, this::end),
        new Route("GET", "/services/{name}/watch", Access.OPERATOR, this::watch),
        new Route(
            "DELETE", "/services/{name}/replicas/{replicaId}", Access.OPERATOR, this::replace),
        new Route("GET", "/services/{name}/decisions", Access.OPERATOR, this::decisions),
        new Route(
            "POST", "/services/{name}/replicas/{replicaId}/revoke", Access.OPERATOR, this::revoke),
        new Route("GET", "/services/{name}/versions", Access.OPERATOR, this::versions),
        new Route("POST", "/services/{name}/versions", Access.OPERATOR, this::update),
        new Route("POST", "/services/{name}/rollback", Access.OPERATOR, this::rollback),
        new Route("POST", "/plans", Access.OPERATOR, this::plan));
  }

  private void list(Exchange exchange) {
    exchange.json(200, controller.services().list());
  }

  private void create(Exchange exchange) throws IOException, InterruptedException {
    exchange.json(201, controller.author().create(exchange.body(ServiceRequest.class)));
  }

  private void find(Exchange exchange) {
    exchange.json(200, controller.services().find(exchange.path("name")));
  }

  private void end(Exchange exchange) throws InterruptedException {
    exchange.json(
        202, controller.services().end(exchange.path("name"), exchange.queryFlag("purge")));
  }

  private void replace(Exchange exchange) throws InterruptedException {
    String name = exchange.path("name");
    controller.services().replace(name, exchange.pathNumber("replicaId"));
    exchange.json(202, controller.services().find(name));
  }

  private void revoke(Exchange exchange) throws InterruptedException {
    String name = exchange.path("name");
    controller.services().revoke(name, exchange.pathNumber("replicaId"));
    exchange.json(202, controller.services().find(name));
  }

  private void versions(Exchange exchange) throws InterruptedException {
    exchange.json(200, controller.services().versions(exchange.path("name")));
  }

  private void decisions(Exchange exchange) throws InterruptedException {
    exchange.json(
        200,
        controller
            .services()
            .explain(
                exchange.path("name"),
                (int) exchange.queryNumber("limit", 20, 1, 200),
                exchange.queryFlag("replay")));
  }

  private void update(Exchange exchange) throws IOException, InterruptedException {
    exchange.json(
        201,
        controller.author().update(exchange.path("name"), exchange.body(ServiceRequest.class)));
  }

  private void rollback(Exchange exchange) throws IOException, InterruptedException {
    exchange.json(
        201,
        controller.author().rollback(exchange.path("name"), exchange.body(RollbackRequest.class)));
  }

  private void plan(Exchange exchange) throws IOException, InterruptedException {
    exchange.json(200, controller.author().plan(exchange.body(ServiceRequest.class)));
  }

  private void watch(Exchange exchange) throws IOException, InterruptedException {
    try (Subscription<WatchMessage> subscription =
            controller.services().watch(exchange.path("name"));
        EventStream stream = new EventStream(exchange)) {
      while (true) {
        Optional<WatchMessage> message = subscription.next(EventStream.HEARTBEAT);
        switch (message.orElse(null)) {
          case WatchMessage.Seen seen -> stream.send("service", seen.view());
          case WatchMessage.Gone gone -> {
            stream.send("gone", Map.of("name", gone.service()));
            return;
          }
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
