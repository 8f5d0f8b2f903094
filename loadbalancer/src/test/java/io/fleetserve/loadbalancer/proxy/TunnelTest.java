package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.agent.Tunnels;
import io.fleetserve.api.spec.NetworkMode;
import io.fleetserve.api.wire.ReplicaEndpoint;
import io.fleetserve.api.wire.ServiceRoute.OutlierRule;
import io.fleetserve.loadbalancer.endpoint.Replica;
import io.fleetserve.testing.replica.FakeReplica;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Requests to replicas behind agents that have dialled in. Their addresses lead nowhere, unless a
/// test says otherwise, so whatever is answered came through a tunnel.
final class TunnelTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: svc\r\n\r\n";

  private static final OutlierRule NEVER_EJECTED =
      new OutlierRule(1_000_000, 0, 1, 1_000_000, 1_000, 1_000, 1, 1, 0);

  /// For what takes a moment, and on a busy machine a while.
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Bed bed = new Bed(Bed.unhurried());

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  /// A replica that only its agent can reach.
  private ReplicaEndpoint hidden(NetworkMode mode, int id, int serverPort) {
    return bed.agents.behind(
        mode, new ReplicaEndpoint(id, 1, 1, "127.0.0.1", Bed.freePort(), null, false), serverPort);
  }

  private void publish(ReplicaEndpoint... endpoints) {
    bed.publish(
        List.of(TunnelAgents.with(bed.serviceRoute(List.of(endpoints)), List.of(endpoints))));
  }

  private FakeReplica route(NetworkMode mode) {
    FakeReplica replica = bed.replica("r1");
    publish(hidden(mode, 1, replica.port()));
    return replica;
  }

  private void awaitLinks(int count) {
    await().until(() -> bed.agents.tunnels().count() == count);
  }

  @ParameterizedTest
  @EnumSource(
      value = NetworkMode.class,
      names = {"TUNNEL", "AUTO"})
  void replicaWithoutAnAddressIsReachedThroughItsTunnel(NetworkMode mode) {
    route(mode);
    awaitLinks(2);
    assertThat(bed.service().known()).extracting(Replica::way).containsOnlyNulls();

    assertThat(bed.get("/").status()).isEqualTo(200);
    assertThat(bed.get("/").body()).isEqualTo("r1");
    assertThat(bed.service().known()).extracting(Replica::way).containsOnly(NetworkMode.TUNNEL);
  }

  @Test
  void addressThatAnswersIsPreferredWhereBothMayBeUsed() {
    FakeReplica direct = bed.replica("direct");
    FakeReplica behind = bed.replica("behind");
    publish(bed.agents.behind(NetworkMode.AUTO, Bed.endpoint(1, direct, false), behind.port()));
    awaitLinks(2);

    assertThat(bed.get("/").body()).isEqualTo("direct");
    assertThat(bed.service().known()).extracting(Replica::way).containsOnly(NetworkMode.DIRECT);
  }

  @Test
  void requestWaitsForAnAgentThatHasNotDialledYet() {
    FakeReplica replica = bed.replica("r1");

    publish(hidden(NetworkMode.TUNNEL, 1, replica.port()));

    assertThat(bed.get("/").status()).isEqualTo(200);
  }

  @Test
  void bodiesOfManyWindowsPassWhole() {
    FakeReplica replica = route(NetworkMode.TUNNEL);
    replica.script(
        (request, connection) -> connection.answer(200, request.body() + request.body()));
    String body = "0123456789abcdef".repeat(256 << 10);

    RawClient.Answer answer =
        bed.send(
            "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);

    assertThat(answer.body().length()).isEqualTo(2 * body.length());
    assertThat(answer.body()).isEqualTo(body + body);
  }

  @Test
  void eventsAndTrailersPassAsTheyCome() {
    FakeReplica replica = route(NetworkMode.TUNNEL);
    CountDownLatch seen = new CountDownLatch(1);
    replica.script((request, connection) -> {
      connection.send(
          """
          HTTP/1.1 200 OK\r
          Content-Type: text/event-stream\r
          Transfer-Encoding: chunked\r
          \r
          9\r
          data: 1

          \r
          """);
      try {
        seen.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      connection.send("9\r\ndata: 2\n\n\r\n0\r\nX-Sum: 3\r\n\r\n");
    });
    try (RawClient client =
        bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\nConnection: close\r\n\r\n")) {
      assertThat(client.head()).contains("200");
      assertThat(client.read(14)).contains("data: 1");
      seen.countDown();

      assertThat(client.readToEnd()).contains("data: 2").contains("X-Sum: 3");
    }
  }

  @Test
  void clientThatLeavesCancelsAtTheServer() {
    FakeReplica replica = route(NetworkMode.TUNNEL);
    CountDownLatch ended = new CountDownLatch(1);
    replica.script((request, connection) -> {
      if (connection.awaitEnd(10_000)) {
        ended.countDown();
      }
    });
    RawClient client = bed.client().send(GET);
    await().until(() -> replica.received().size() == 1);

    client.close();

    await().until(() -> ended.getCount() == 0);
  }

  @Test
  void webSocketPassesThrough() {
    try (EchoWebSocket echo = new EchoWebSocket()) {
      publish(hidden(NetworkMode.TUNNEL, 1, echo.port()));
      try (RawClient client = bed.client()) {
        client.send(
            """
            GET /chat HTTP/1.1\r
            Host: svc\r
            Connection: Upgrade\r
            Upgrade: WebSocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """);
        assertThat(client.head()).startsWith("HTTP/1.1 101");

        client.send("\u0081\u0082\0\0\0\0hi");

        assertThat(client.read(4)).isEqualTo("\u0081\u0002hi");
      }
    }
  }

  /// One that takes nothing must hold up its own stream only, however much is on its way to it.
  @Test
  void slowClientsDoNotHoldUpOthers() {
    FakeReplica replica = route(NetworkMode.TUNNEL);
    String large = "x".repeat(32 << 20);
    replica.script((request, connection) ->
        connection.answer(200, request.target().equals("/large") ? large : "small"));
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        slow.add(bed.client().send("GET /large HTTP/1.1\r\nHost: svc\r\n\r\n"));
      }
      await().until(() -> replica.received().size() == 4);

      for (int i = 0; i < 50; i++) {
        assertThat(bed.get("/").body()).isEqualTo("small");
      }
    } finally {
      slow.forEach(RawClient::close);
    }
  }

  /// The agent holds little of what a server does not read, and forgets what of it is given up:
  /// later requests find all the room there was.
  @Test
  void uploadsToAServerThatDoesNotReadYetArriveOrAreGivenUp() throws Exception {
    CountDownLatch reads = new CountDownLatch(1);
    String upload = "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: " + (8 << 20) + "\r\n\r\n";
    String body = "x".repeat(8 << 20);
    bed.rule(rule -> rule.outlier(NEVER_EJECTED));
    try (SlowReader server = new SlowReader(reads);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      publish(hidden(NetworkMode.TUNNEL, 1, server.port()));
      for (int round = 0; round < 3; round++) {
        List<RawClient> leaving = new ArrayList<>();
        AtomicLong pieces = new AtomicLong();
        for (int i = 0; i < 8; i++) {
          RawClient client = bed.client().send(upload);
          leaving.add(client);
          threads.execute(() -> send(client, body, pieces));
        }
        int connections = 8 * (round + 1);
        await().atMost(LONG).until(() -> server.connections() >= connections);
        awaitStandstill(pieces);
        server.drop();
        leaving.forEach(RawClient::reset);
        bed.awaitIdle();
      }
      List<Future<RawClient.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(threads.submit(() -> bed.send(upload + body)));
      }
      await().atMost(LONG).until(() -> server.connections() >= 32);

      reads.countDown();

      for (Future<RawClient.Answer> answer : answers) {
        assertThat(answer.get().body()).isEqualTo("ok");
      }
    }
  }

  private static void send(RawClient client, String body, AtomicLong pieces) {
    try {
      for (int sent = 0; sent < body.length(); sent += 1 << 16) {
        client.send(body.substring(sent, sent + (1 << 16)));
        pieces.incrementAndGet();
      }
    } catch (UncheckedIOException left) {
      // As it was to.
    }
  }

  /// Until every buffer on the way is full.
  private static void awaitStandstill(AtomicLong progress) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> last.getAndSet(progress.get()) == progress.get());
  }

  @Test
  void serverThatRefusesIsToldApartFromATunnelThatIsMissing() {
    FakeReplica good = bed.replica("good");
    publish(
        hidden(NetworkMode.TUNNEL, 1, Bed.freePort()), hidden(NetworkMode.TUNNEL, 2, good.port()));
    awaitLinks(4);

    for (int i = 0; i < 10; i++) {
      assertThat(bed.get("/").body()).isEqualTo("good");
    }
    assertThat(bed.service().known().stream().mapToLong(replica -> replica.connectFailures()).sum())
        .isPositive();
  }

  /// Half of the connections go away in the middle of traffic, without a word.
  @Test
  void lossOfConnectionsUnderLoadFailsNoRepeatableRequest() throws Exception {
    FakeReplica replica = bed.replica("r1");
    ReplicaEndpoint endpoint = hidden(NetworkMode.TUNNEL, 1, replica.port());
    publish(endpoint);
    Tunnels second = bed.agents.start(TunnelAgents.name(endpoint), "127.0.0.1", replica.port());
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitLinks(4);
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(threads.submit(() -> goodAnswersUntil(over)));
      }
      await().until(() -> replica.received().size() > 200);

      second.close();
      awaitLinks(2);
      int then = replica.received().size();
      await().until(() -> replica.received().size() > then + 200);
      over.set(true);

      for (Future<Integer> client : clients) {
        assertThat(client.get()).isPositive();
      }
    } finally {
      over.set(true);
      second.close();
    }
  }

  private int goodAnswersUntil(AtomicBoolean over) {
    int good = 0;
    while (!over.get()) {
      assertThat(bed.get("/").status()).isEqualTo(200);
      good++;
    }
    return good;
  }

  @Test
  void agentsThatAreAskedToDialAgainLoseNothing() {
    FakeReplica replica = route(NetworkMode.TUNNEL);
    awaitLinks(2);
    try (RawClient client = bed.client()) {
      replica.script((request, connection) -> {
        bed.agents.tunnels().leave();
        connection.answer(200, "late");
      });

      assertThat(client.send(GET).answer().body()).isEqualTo("late");
      replica.script((request, connection) -> connection.answer(200, "next"));
      assertThat(client.send(GET).answer().body()).isEqualTo("next");
    }
  }
}
