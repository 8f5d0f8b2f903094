package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ServiceRoute.HedgeRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.api.wire.ServiceRoute.RoutingRule;
import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Replicas that take only so many requests at once, and more requests than that.
final class OverloadTest {
  private final Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  private void limit(int perReplica, long busyWaitMillis) {
    bed.rule(rule ->
        rule.routing(new RoutingRule(null, null, Map.of(), perReplica, 0))
            .protection(new ProtectionRule(0, 0, busyWaitMillis, "x-user", HedgeRule.OFF)));
  }

  private static FakeReplica.Script answerWith(Semaphore permits) {
    return (request, connection) -> {
      permits.acquireUninterruptibly();
      connection.answer(200, request.target());
    };
  }

  private RawClient send(String user, String target) {
    return bed.client()
        .send("GET " + target + " HTTP/1.1\r\nHost: svc\r\nX-User: " + user + "\r\n\r\n");
  }

  private void awaitHeld(int count) {
    await().until(() -> bed.service().held().get() == count);
  }

  @Test
  void requestsBeyondTheLimitWaitAndGoOnOneByOne() {
    limit(2, 60_000);
    Semaphore permits = new Semaphore(0);
    List<FakeReplica> replicas = bed.replicas(2);
    replicas.forEach(replica -> replica.script(answerWith(permits)));
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(send("a", "/" + i));
    }
    awaitHeld(6);
    assertThat(replicas).allSatisfy(replica -> assertThat(replica.received()).hasSize(2));

    permits.release(1);

    awaitHeld(5);
    assertThat(replicas.stream().mapToInt(replica -> replica.received().size()).sum()).isEqualTo(5);
    permits.release(9);
    for (RawClient client : clients) {
      assertThat(client.answer().status()).isEqualTo(200);
      client.close();
    }
  }

  @Test
  void clientsTakeTurnsInWaiting() {
    limit(1, 60_000);
    Semaphore permits = new Semaphore(0);
    FakeReplica replica = bed.replicas(1).getFirst().script(answerWith(permits));
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i <= 20; i++) {
      clients.add(send("greedy", "/greedy/" + i));
      if (i == 0) {
        await().until(() -> replica.received().size() == 1);
      }
    }
    awaitHeld(20);
    clients.add(send("modest", "/modest"));
    awaitHeld(21);

    permits.release(22);

    clients.forEach(client -> assertThat(client.answer().status()).isEqualTo(200));
    clients.forEach(RawClient::close);
    List<String> order = replica.received().stream().map(ReceivedRequest::target).toList();
    assertThat(order.indexOf("/modest")).isBetween(1, 3);
  }

  @Test
  void whoWaitsTooLongForAPlaceIsToldThatAllAreBusy() {
    limit(1, 200);
    Semaphore permits = new Semaphore(0);
    FakeReplica replica = bed.replicas(1).getFirst().script(answerWith(permits));
    try (RawClient first = send("a", "/1")) {
      await().until(() -> replica.received().size() == 1);
      try (RawClient second = send("a", "/2")) {
        RawClient.Answer answer = second.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("overloaded");
        assertThat(answer.field("Retry-After")).isPresent();
      }
      permits.release(1);
      assertThat(first.answer().status()).isEqualTo(200);
    }
    assertThat(replica.received()).hasSize(1);
  }

  /// A request that waits for a replica that does not exist yet has the whole waiting time.
  @Test
  void waitForTheFirstReplicaIsNoWaitForAPlace() {
    limit(1, 1);
    bed.route(List.of());
    try (RawClient client = send("a", "/")) {
      awaitHeld(1);
      await().during(java.time.Duration.ofMillis(400)).until(() -> bed.service().held().get() == 1);

      bed.route(List.of(bed.replica("r1")));

      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void waitForAReplicaThatDiedIsNoWaitForAPlace() {
    limit(1, 1);
    bed.replicas(1).getFirst().kill();
    try (RawClient client = send("a", "/")) {
      awaitHeld(1);
      await().during(java.time.Duration.ofMillis(400)).until(() -> bed.service().held().get() == 1);

      bed.routeTo(List.of(Bed.endpoint(2, bed.replica("r2"), false)));

      assertThat(client.answer().body()).isEqualTo("r2");
    }
  }

  /// Sixteen times as many clients as places: replicas never get more than they take, every request
  /// they work on is answered, and all others are told when to come again.
  @Test
  void replicasWorkForNobodyWhoIsTurnedAway() throws InterruptedException {
    limit(2, 100);
    AtomicInteger most = new AtomicInteger();
    List<FakeReplica> replicas = bed.replicas(2);
    for (FakeReplica replica : replicas) {
      AtomicInteger now = new AtomicInteger();
      replica.script((request, connection) -> {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(15));
        now.decrementAndGet();
        connection.answer(200, "x".repeat(100));
      });
    }
    Queue<RawClient.Answer> answers = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(64);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        int user = i % 8;
        clients.execute(() -> {
          try (RawClient client = bed.client()) {
            for (int n = 0; n < 8; n++) {
              client.send("GET / HTTP/1.1\r\nHost: svc\r\nX-User: " + user + "\r\n\r\n");
              answers.add(client.answer());
            }
          } finally {
            done.countDown();
          }
        });
      }
      done.await();
    }

    long served = replicas.stream().mapToLong(replica -> replica.received().size()).sum();
    assertThat(most.get()).isLessThanOrEqualTo(2);
    assertThat(answers).hasSize(64 * 8);
    assertThat(answers)
        .allSatisfy(answer -> {
          assertThat(answer.status()).isIn(200, 429, 503);
          assertThat(answer.status() == 200 || answer.field("Retry-After").isPresent()).isTrue();
        });
    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize((int) served);
    assertThat(served).isBetween(8L, 500L);
    assertThat(bed.service().placeTimes().shedCount()).isPositive();
    assertThat(bed.service().holdOrder().clients()).isZero();
  }
}
