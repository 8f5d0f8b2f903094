package io.fleetserve.controller.http;

import io.fleetserve.api.wire.EventView;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.stream.Subscription;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What happened, as a list or as it happens.
final class EventRoutes {
  private static final int MOST = 10_000;
  private static final int USUAL = 1000;

  private final Controller controller;

  EventRoutes(Controller controller) {
    this.controller = controller;
  }

  List<Route> routes() {
    return List.of(new Route("GET", "/events", Access.OPERATOR, this::events));
  }

  private void events(Exchange exchange) throws IOException, InterruptedException {
    @Nullable String service = exchange.query("service").orElse(null);
    int limit = (int) exchange.queryNumber("limit", USUAL, 1, MOST);
    if (exchange.queryFlag("follow")) {
      follow(exchange, service, limit);
    } else {
      // Without a place to begin, the last ones are wanted.
      long after = exchange.queryNumber("after", -1, 0, Long.MAX_VALUE);
      exchange.json(200, controller.store().events(service, after, limit));
    }
  }

  /// A client that comes back says by `Last-Event-ID` what it has seen.
  private void follow(Exchange exchange, @Nullable String service, int limit)
      throws IOException, InterruptedException {
    long after =
        exchange
            .header("Last-Event-ID")
            .map(EventRoutes::sequence)
            .orElseGet(() -> exchange.queryNumber("after", -1, 0, Long.MAX_VALUE));
    try (Subscription<EventView> subscription = controller.events().subscribe();
        EventStream stream = new EventStream(exchange)) {
      long told = after;
      for (EventView stored : controller.store().events(service, after, limit)) {
        stream.send("event", stored.sequence(), stored);
        told = stored.sequence();
      }
      stream.heartbeat();
      while (!subscription.isClosed()) {
        Optional<EventView> event = subscription.next(EventStream.HEARTBEAT);
        if (event.isEmpty()) {
          stream.heartbeat();
        } else if (event.get().sequence() > told
            && (service == null || service.equals(event.get().service()))) {
          stream.send("event", event.get().sequence(), event.get());
        }
      }
    }
  }

  private static long sequence(String id) {
    try {
      return Math.max(0, Long.parseLong(id));
    } catch (NumberFormatException wrong) {
      throw Problems.badRequest("Last-Event-ID: " + id + " (expected: a whole number)");
    }
  }
}
