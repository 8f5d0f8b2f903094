package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests that find no replica, replicas that come, and replicas that go.
final class HoldTest {
  private static final String GET = "GET /%d HTTP/1.1\r\nHost: svc\r\n\r\n";
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private List<RawClient> waiting(int count) {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(bed.client().send(GET.formatted(i)));
    }
    await().until(() -> bed.service().held().get() == count);
    return clients;
  }

  @Test
  void waitingRequestsGoOnWhenReplicasAreReadyAndAreSpread() {
    bed.route(List.of());
    int before = bed.reports.get();
    List<RawClient> clients = waiting(40);
    assertThat(bed.reports.get()).isGreaterThan(before);
    FakeReplica first = bed.replica("r1");
    FakeReplica second = bed.replica("r2");
    CountDownLatch both = new CountDownLatch(40);
    FakeReplica.Script script =
        (request, connection) -> {
          both.countDown();
          await(both);
          connection.answer(200, "ok");
        };

    bed.route(List.of(first.script(script), second.script(script)));

    clients.forEach(client -> assertThat(client.answer().status()).isEqualTo(200));
    clients.forEach(RawClient::close);
    assertThat(first.received()).hasSize(20);
    assertThat(second.received()).hasSize(20);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static org.awaitility.core.ConditionFactory await() {
    return org.awaitility.Awaitility.await();
  }

  /// Lanes connect side by side; each of them in the order of its requests.
  @Test
  void requestsOfOneLaneReachTheReplicaInTheOrderInWhichTheyCame() {
    bed.route(List.of());
    List<RawClient> clients = waiting(20);
    FakeReplica replica = bed.replica("r1");
    replica.script((request, connection) -> connection.answer(200, request.target()));

    bed.route(List.of(replica));

    for (int i = 0; i < 20; i++) {
      assertThat(clients.get(i).answer().body()).isEqualTo("/" + i);
      clients.get(i).close();
    }
    // Connections of clients alternate between the two lanes.
    for (int lane = 0; lane < 2; lane++) {
      int parity = lane;
      assertThat(
              replica.received().stream()
                  .filter(request -> request.onConnection() == 1)
                  .sorted(Comparator.comparingInt(ReceivedRequest::connection))
                  .map(request -> Integer.parseInt(request.target().substring(1)))
                  .filter(number -> number % 2 == parity))
          .isSorted();
    }
  }

  @Test
  void limitsAnswer503WithRetryAfter() {
    bed.rule(rule -> rule.hold(300, 2)).route(List.of());
    List<RawClient> clients = waiting(2);

    RawClient.Answer over = bed.get("/");

    assertThat(over.status()).isEqualTo(503);
    assertThat(over.field("Retry-After")).isPresent();
    assertThat(over.body()).contains("no_replica");
    for (RawClient client : clients) {
      RawClient.Answer late = client.answer();
      assertThat(late.status()).isEqualTo(503);
      assertThat(late.field("Retry-After")).isPresent();
      client.close();
    }
    assertThat(bed.totals().rejected()).isEqualTo(3);
  }

  @Test
  void waitingRequestOfAClientThatLeftIsForgotten() {
    bed.route(List.of());
    List<RawClient> clients = waiting(4);
    clients.get(0).close();
    clients.get(1).reset();
    await().until(() -> bed.service().held().get() == 2);
    FakeReplica replica = bed.replica("r1");

    bed.route(List.of(replica));

    assertThat(clients.get(2).answer().status()).isEqualTo(200);
    assertThat(clients.get(3).answer().status()).isEqualTo(200);
    assertThat(replica.received()).hasSize(2);
    clients.get(2).close();
    clients.get(3).close();
  }

  @Test
  void requestWaitsForTheReplacementOfItsOnlyReplica() {
    List<FakeReplica> replicas = bed.replicas(1);
    replicas.getFirst().kill();
    try (RawClient client = bed.client()) {
      client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc");
      await().until(() -> bed.service().held().get() == 1);
      FakeReplica replacement = bed.replica("new");
      replacement.script((request, connection) -> connection.answer(200, request.body()));

      bed.routeTo(List.of(Bed.endpoint(2, replacement, false)));

      assertThat(client.answer().body()).isEqualTo("abc");
    }
  }

  @Test
  void bodyOfAWaitingRequestIsReadOnlyUpToTheBound() {
    bed.route(List.of());
    int size = 4 << 20;
    try (RawClient client = bed.client()) {
      client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: " + size + "\r\n\r\n");
      Thread sender = Thread.ofVirtual().start(() -> client.trySend("z".repeat(size)));
      await().until(() -> bed.service().heldBytes().get() > 0);
      await()
          .during(java.time.Duration.ofMillis(300))
          .until(() -> bed.service().heldBytes().get() < 512 << 10);
      FakeReplica replica = bed.replica("r1");
      replica.script((request, connection) -> connection.answer(200, "" + request.body().length()));

      bed.route(List.of(replica));

      assertThat(client.answer().body()).isEqualTo("" + size);
      sender.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void drainingReplicaGetsNothingNewAndItsLastAnswerIsReported() {
    List<FakeReplica> replicas = bed.replicas(2);
    CountDownLatch release = new CountDownLatch(1);
    FakeReplica first = replicas.getFirst();
    first.script((request, connection) -> {
      await(release);
      connection.answer(200, "last");
    });
    bed.route(List.of(first));
    try (RawClient client = bed.client().send(GET.formatted(0))) {
      await().until(() -> first.received().size() == 1);
      bed.routeTo(List.of(Bed.endpoint(1, first, true), Bed.endpoint(2, replicas.get(1), false)));
      for (int i = 0; i < 10; i++) {
        assertThat(bed.get("/").body()).isEqualTo("r2");
      }
      int before = bed.reports.get();

      release.countDown();

      assertThat(client.answer().body()).isEqualTo("last");
      await().until(() -> bed.reports.get() > before);
      assertThat(first.received()).hasSize(1);
    }
  }

  @Test
  void serviceThatEndsAnswers404AndClosesItsPort() {
    bed.route(List.of());
    List<RawClient> clients = waiting(2);

    bed.publish(List.of());

    for (RawClient client : clients) {
      assertThat(client.answer().status()).isEqualTo(404);
      client.close();
    }
    assertThat(bed.plane.listeners().port("svc")).isZero();
  }
}
