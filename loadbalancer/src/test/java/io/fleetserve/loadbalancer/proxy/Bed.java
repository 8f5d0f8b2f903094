package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.net.Network;
import io.fleetserve.api.wire.EndpointSnapshot;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute;
import io.fleetserve.api.wire.ServiceRoute.HoldLimits;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RetryRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.api.wire.TlsRule;
import io.fleetserve.api.wire.TransportKind;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.loadbalancer.endpoint.Routing;
import io.fleetserve.loadbalancer.endpoint.Service;
import io.fleetserve.loadbalancer.frontend.DataPlane;
import io.fleetserve.loadbalancer.http.Forwarding;
import io.fleetserve.loadbalancer.http.HeadLimits;
import io.fleetserve.loadbalancer.lane.Transport;
import io.fleetserve.loadbalancer.settings.ClientLimits;
import io.fleetserve.loadbalancer.settings.ProxySettings;
import io.fleetserve.loadbalancer.settings.ProxySettings.Times;
import io.fleetserve.loadbalancer.telemetry.ServiceStats.Totals;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A data plane with one service `svc`, whose replicas a test gives it. At the end every counter
/// must be exactly 0.
final class Bed implements AutoCloseable {
  /// Of this run of the tests; there is one for each that works here.
  private static final TransportKind TRANSPORT =
      TransportKind.valueOf(System.getProperty("fleetserve.test.transport", "AUTO"));

  private static final Duration HEAD = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration BODY = Duration.ofMillis(600);
  private static final int CONNECTIONS = 1000;

  private static final Duration CONNECT = Duration.ofSeconds(1);

  static final ProxySettings SETTINGS = settings(HEAD, LONG, LONG, CONNECT, CONNECTIONS);

  final int port;
  final AtomicInteger reports = new AtomicInteger();
  final Transport transport;
  final Routing routing = new Routing(2);
  final DataPlane plane;
  final TunnelAgents agents;
  private final List<FakeReplica> replicas = new ArrayList<>();
  private UnaryOperator<Rule> rule = given -> given;
  private long generation;
  private @Nullable TlsRule tls;
  private boolean countsTokens;

  /// What tests change of a route.
  record Rule(
      String policy,
      long streamTimeoutMillis,
      HoldLimits hold,
      RetryRule retry,
      OutlierRule outlier,
      RoutingRule routing,
      ProtectionRule protection) {
    static final Rule DEFAULT =
        new Rule(
            "least_load",
            0,
            new HoldLimits(10_000, 100, 1 << 20),
            new RetryRule(3, 0.2, true),
            OutlierRule.DEFAULT,
            RoutingRule.DEFAULT,
            ProtectionRule.DEFAULT);

    Rule stream(long millis) {
      return new Rule(policy, millis, hold, retry, outlier, routing, protection);
    }

    Rule hold(long millis, int requests) {
      return new Rule(
          policy,
          streamTimeoutMillis,
          new HoldLimits(millis, requests, 1 << 20),
          retry,
          outlier,
          routing,
          protection);
    }

    Rule retry(int attempts, boolean idempotentOnly) {
      return new Rule(
          policy,
          streamTimeoutMillis,
          hold,
          new RetryRule(attempts, 0.2, idempotentOnly),
          outlier,
          routing,
          protection);
    }

    Rule policy(String name) {
      return new Rule(name, streamTimeoutMillis, hold, retry, outlier, routing, protection);
    }

    Rule outlier(OutlierRule changed) {
      return new Rule(policy, streamTimeoutMillis, hold, retry, changed, routing, protection);
    }

    Rule routing(RoutingRule changed) {
      return new Rule(policy, streamTimeoutMillis, hold, retry, outlier, changed, protection);
    }

    Rule protection(ProtectionRule changed) {
      return new Rule(policy, streamTimeoutMillis, hold, retry, outlier, routing, changed);
    }
  }

  private static ProxySettings settings(
      Duration head, Duration stall, Duration fresh, Duration connect, int connections) {
    return settings(head, BODY, stall, fresh, connect, connections);
  }

  private static ProxySettings settings(
      Duration head,
      Duration body,
      Duration stall,
      Duration fresh,
      Duration connect,
      int connections) {
    return new ProxySettings(
        new Times(
            head,
            LONG,
            body,
            stall,
            LONG,
            Duration.ofMillis(500),
            connect,
            Duration.ofSeconds(4),
            fresh,
            Duration.ofSeconds(2)),
        64 << 10,
        connections);
  }

  /// Settings with another limit of client connections.
  static ProxySettings withConnections(int limit) {
    return settings(HEAD, LONG, LONG, CONNECT, limit);
  }

  /// Settings with another time for heads, and for the settings of an HTTP/2 client.
  static ProxySettings withHeadTime(Duration time) {
    return settings(time, LONG, LONG, CONNECT, CONNECTIONS);
  }

  /// Settings with another time in which a client has to take something.
  static ProxySettings withStallTime(Duration time) {
    return settings(HEAD, time, LONG, CONNECT, CONNECTIONS);
  }

  /// Settings with another bound for connections of requests that must not be sent twice.
  static ProxySettings withFreshTime(Duration time) {
    return settings(HEAD, LONG, time, CONNECT, CONNECTIONS);
  }

  /// Settings in which neither clients nor handshakes are hurried.
  static ProxySettings unhurried() {
    return settings(LONG, LONG, LONG, LONG, LONG, CONNECTIONS);
  }

  /// Settings with other limits of clients, or another list of who is trusted, in which only bodies
  /// are hurried.
  static ProxySettings with(
      ClientLimits limits, HeadLimits heads, Forwarding forwarding, List<Network> proxyProtocol) {
    return new ProxySettings(
        settings(LONG, LONG, LONG, LONG, CONNECTIONS).times(),
        SETTINGS.replayBytes(),
        CONNECTIONS,
        limits,
        heads,
        forwarding,
        proxyProtocol);
  }

  Bed() {
    this(SETTINGS);
  }

  Bed(ProxySettings settings) {
    this(settings, Transport.of(TRANSPORT, 2));
  }

  Bed(ProxySettings settings, Transport transport) {
    this(settings, transport, freePort());
  }

  Bed(ProxySettings settings, Transport transport, int port) {
    this.transport = transport;
    this.port = port;
    agents = new TunnelAgents(transport, routing, settings.times().connect());
    plane =
        new DataPlane(
            transport,
            routing,
            settings,
            "127.0.0.1",
            null,
            reports::incrementAndGet,
            null,
            agents.tunnels());
  }

  /// A free port below those that the kernel gives to outgoing connections, so that none of them
  /// takes it before it is opened.
  static int freePort() {
    while (true) {
      int candidate = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // The next one.
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  Bed rule(UnaryOperator<Rule> change) {
    rule = change;
    return this;
  }

  /// Speaks TLS on the service's port from the next route on.
  Bed tls(@Nullable TlsRule next) {
    tls = next;
    return this;
  }

  /// Counts tokens from the next route on.
  Bed countingTokens() {
    countsTokens = true;
    return this;
  }

  FakeReplica replica(String name) {
    FakeReplica replica = FakeReplica.start(name);
    replicas.add(replica);
    return replica;
  }

  /// Starts `count` replicas and routes to them.
  List<FakeReplica> replicas(int count) {
    List<FakeReplica> started =
        IntStream.rangeClosed(1, count).mapToObj(i -> replica("r" + i)).toList();
    route(started);
    return started;
  }

  /// Routes to replicas numbered from 1 in order.
  void route(List<FakeReplica> ready) {
    routeTo(
        IntStream.range(0, ready.size())
            .mapToObj(i -> endpoint(i + 1, ready.get(i), false))
            .toList());
  }

  static ReplicaEndpoint endpoint(int id, FakeReplica replica, boolean draining) {
    return new ReplicaEndpoint(id, 1, 1, "127.0.0.1", replica.port(), null, draining);
  }

  void routeTo(List<ReplicaEndpoint> endpoints) {
    publish(List.of(agents.through(serviceRoute(endpoints))));
  }

  ServiceRoute serviceRoute(List<ReplicaEndpoint> endpoints) {
    Rule now = rule.apply(Rule.DEFAULT);
    return new ServiceRoute(
        "svc",
        1,
        port,
        List.of("other.example"),
        now.policy,
        Map.of(),
        now.streamTimeoutMillis,
        now.hold,
        now.retry,
        now.outlier,
        now.routing,
        now.protection,
        endpoints,
        endpoints.isEmpty() ? "test" : null,
        endpoints.size(),
        tls,
        countsTokens,
        Set.of());
  }

  /// The same service under another name, without a port.
  static ServiceRoute renamed(ServiceRoute route, String name) {
    return new ServiceRoute(
        name,
        route.version(),
        0,
        List.of(name),
        route.policy(),
        route.targetQpsByAccelerator(),
        route.streamTimeoutMillis(),
        route.hold(),
        route.retry(),
        route.outlier(),
        route.routing(),
        route.protection(),
        route.endpoints(),
        route.emptyReason(),
        route.wanted());
  }

  void publish(List<ServiceRoute> routes) {
    routing.apply(new EndpointSnapshot("i", ++generation, true, routes));
    plane.listeners().reconcile(routing.table());
    try {
      assertThat(plane.settle()).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// The port, which is open from now on.
  int openPort() {
    replicas(1);
    return port;
  }

  Service service() {
    return java.util.Objects.requireNonNull(routing.table().byName().get("svc"));
  }

  RawClient client() {
    return RawClient.connect(port);
  }

  /// Sends one request on a connection of its own.
  RawClient.Answer send(String request) {
    try (RawClient client = client()) {
      return client.send(request).answer();
    }
  }

  RawClient.Answer get(String target) {
    return send("GET " + target + " HTTP/1.1\r\nHost: svc\r\n\r\n");
  }

  Totals totals() {
    try {
      return plane.totals().getOrDefault("svc", List.of()).stream()
          .reduce((a, b) ->
              new Totals(
                  a.arrivals() + b.arrivals(),
                  a.completions() + b.completions(),
                  a.failures() + b.failures(),
                  a.rejected() + b.rejected(),
                  a.retries() + b.retries(),
                  a.held() + b.held(),
                  a.inFlight() + b.inFlight(),
                  a.concurrencyNanos() + b.concurrencyNanos(),
                  a.heldNanos() + b.heldNanos(),
                  a.latency(),
                  a.firstByte(),
                  a.tokens().plus(b.tokens())))
          .orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits until nothing is held, in flight or counted anywhere.
  void awaitIdle() {
    @Nullable Service service = routing.table().byName().get("svc");
    if (service == null) {
      return;
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(totals().held()).isZero();
          assertThat(totals().inFlight()).isZero();
          assertThat(service.held().get()).isZero();
          assertThat(service.heldBytes().get()).isZero();
          assertThat(service.retrying()).isZero();
          assertThat(service.known().stream().mapToInt(Replica::inFlight).toArray())
              .satisfies(counts -> assertThat(Arrays.stream(counts).sum()).isZero());
        });
  }

  @Override
  public void close() {
    try {
      awaitIdle();
    } finally {
      plane.listeners().stop();
      agents.close();
      replicas.forEach(FakeReplica::close);
      transport.close();
    }
  }
}
