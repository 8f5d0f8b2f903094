package io.fleetserve.controller.http;

import io.fleetserve.api.log.SizeBoundedLog;
import io.fleetserve.api.wire.AgentCommand;
import io.fleetserve.api.wire.AgentReport;
import io.fleetserve.api.wire.LogAck;
import io.fleetserve.controller.home.AccessToken;
import io.fleetserve.controller.http.Route.Access;
import io.fleetserve.controller.model.Replica;
import io.fleetserve.controller.model.ReplicaKey;
import io.fleetserve.controller.problem.Problems;
import io.fleetserve.controller.run.Controller;
import io.fleetserve.controller.stream.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The agents' protocol. Each replica has a token of its own; a replica that is over gets 410.
final class AgentRoutes {
  /// A dead agent shows when writing to it fails, so it is written to often.
  private static final Duration PULSE = Duration.ofSeconds(1);

  private final Controller controller;

  AgentRoutes(Controller controller) {
    this.controller = controller;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/agents/{service}/{replicaId}/commands", Access.AGENT, this::commands),
        new Route("POST", "/agents/{service}/{replicaId}/reports", Access.AGENT, this::report),
        new Route("POST", "/agents/{service}/{replicaId}/logs", Access.AGENT, this::logs));
  }

  private ReplicaKey authorized(Exchange exchange, int generation) {
    if (generation < 1 || exchange.pathNumber("replicaId") < 1) {
      throw Problems.badRequest("replicaId and generation begin at 1");
    }
    ReplicaKey key =
        new ReplicaKey(exchange.path("service"), exchange.pathNumber("replicaId"), generation);
    Replica replica =
        controller
            .services()
            .replica(key)
            .orElseThrow(() -> Problems.gone("replica " + key + " is not wanted any more"));
    boolean allowed =
        exchange
            .bearer()
            .filter(token -> new AccessToken(replica.tokenHash()).matches(token))
            .isPresent();
    if (!allowed) {
      throw Problems.unauthorized();
    }
    return key;
  }

  private static int generation(Exchange exchange) {
    return (int) exchange.queryNumber("generation", 0, 1, Integer.MAX_VALUE);
  }

  private void report(Exchange exchange) throws IOException {
    AgentReport report = exchange.body(AgentReport.class);
    ReplicaKey key = authorized(exchange, report.generation());
    if (!report.service().equals(key.service()) || report.replicaId() != key.replicaId()) {
      throw Problems.badRequest("the report is about another replica than the path");
    }
    controller.reported(key, report);
    exchange.noContent();
  }

  private void logs(Exchange exchange) throws IOException {
    ReplicaKey key = authorized(exchange, generation(exchange));
    long offset = exchange.queryNumber("offset", 0, 0, Long.MAX_VALUE);
    byte[] bytes = exchange.bytes();
    SizeBoundedLog log = controller.logs().of(key);
    boolean expected;
    synchronized (log) {
      expected = log.end() == offset;
      if (expected) {
        int kept = log.append(bytes);
        if (kept < bytes.length) {
          throw Problems.diskFull(controller.home().replicaLogs().toString());
        }
      }
    }
    exchange.json(expected ? 200 : 409, new LogAck(log.end()));
  }

  private void commands(Exchange exchange) throws IOException, InterruptedException {
    ReplicaKey key = authorized(exchange, generation(exchange));
    Subscription<AgentCommand> subscription = controller.agents().connect(key);
    try (EventStream stream = new EventStream(exchange)) {
      stream.heartbeat();
      while (!subscription.isClosed() && controller.services().replica(key).isPresent()) {
        Optional<AgentCommand> command = subscription.next(PULSE);
        switch (command.orElse(null)) {
          case AgentCommand.Configure configure -> stream.send("configure", configure);
          case AgentCommand.Stop stop -> stream.send("stop", stop);
          case null -> stream.heartbeat();
        }
      }
    } finally {
      subscription.close();
      if (controller.agents().disconnected(key, subscription)) {
        controller.services().streamLost(key);
      }
    }
  }
}
