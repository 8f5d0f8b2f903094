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

/// The agents' protocol. On this machine each replica has a token of its own; from another one it
/// comes by TLS and shows the certificate of its attempt. A replica that is over gets 410.
final class AgentRoutes {
  /// A dead agent shows when writing to it fails, so it is written to often.
  private static final Duration PULSE = Duration.ofSeconds(1);

  private final Controller controller;
  private final JoinDesk desk;

  AgentRoutes(Controller controller) {
    this.controller = controller;
    this.desk = new JoinDesk(controller);
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/agents/{service}/{replicaId}/commands", Access.AGENT, this::commands),
        new Route("POST", "/agents/{service}/{replicaId}/reports", Access.AGENT, this::report),
        new Route("POST", "/agents/{service}/{replicaId}/logs", Access.AGENT, this::logs),
        new Route("POST", "/agents/{service}/{replicaId}/join", Access.JOIN, this::join),
        new Route(
            "POST", "/agents/{service}/{replicaId}/certificate", Access.AGENT, this::certificate));
  }

  private static ReplicaKey key(Exchange exchange, int generation) {
    if (generation < 1 || exchange.pathNumber("replicaId") < 1) {
      throw Problems.badRequest("replicaId and generation begin at 1");
    }
    return new ReplicaKey(exchange.path("service"), exchange.pathNumber("replicaId"), generation);
  }

  private Replica wanted(ReplicaKey key) {
    return controller
        .services()
        .replica(key)
        .orElseThrow(() -> Problems.gone("replica " + key + " is not wanted any more"));
  }

  private ReplicaKey authorized(Exchange exchange, int generation) {
    ReplicaKey key = key(exchange, generation);
    Replica replica = wanted(key);
    if (!isAllowed(exchange, key, replica)) {
      throw desk.refusal(key, replica, exchange);
    }
    return key;
  }

  private boolean isAllowed(Exchange exchange, ReplicaKey key, Replica replica) {
    if (!exchange.isSecure()) {
      return exchange
          .bearer()
          .filter(token -> new AccessToken(replica.tokenHash()).matches(token))
          .isPresent();
    }
    return exchange
        .certificate()
        .filter(certificate -> desk.isGood(key, replica, certificate))
        .isPresent();
  }

  private void join(Exchange exchange) throws IOException {
    ReplicaKey key = key(exchange, generation(exchange));
    exchange.json(200, desk.join(key, wanted(key), exchange));
  }

  private void certificate(Exchange exchange) throws IOException {
    ReplicaKey key = authorized(exchange, generation(exchange));
    exchange.json(200, desk.renew(key, wanted(key), exchange));
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

  /// Asked each second: a certificate that is revoked, or over, ends the stream as well.
  private boolean isWanted(Exchange exchange, ReplicaKey key) {
    return controller
        .services()
        .replica(key)
        .filter(replica -> !exchange.isSecure() || isAllowed(exchange, key, replica))
        .isPresent();
  }

  private void commands(Exchange exchange) throws IOException, InterruptedException {
    ReplicaKey key = authorized(exchange, generation(exchange));
    Subscription<AgentCommand> subscription = controller.agents().connect(key);
    try (EventStream stream = new EventStream(exchange)) {
      stream.heartbeat();
      while (!subscription.isClosed() && isWanted(exchange, key)) {
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
