package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.api.wire.ServiceRoute.HedgeRule;
import io.fleetserve.api.wire.ServiceRoute.ProtectionRule;
import io.fleetserve.testing.replica.FakeReplica;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests whose first byte is late, and a second replica that may be faster. The first replica
/// chosen is always r1: turns begin there.
final class HedgingTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc";
  private final Bed bed = new Bed();
  private final CompletableFuture<Boolean> left = new CompletableFuture<>();
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void countersAreZero() {
    go.countDown();
    bed.close();
  }

  private List<FakeReplica> hedged(int count, HedgeRule rule) {
    bed.rule(given -> given.protection(new ProtectionRule(0, 0, 10_000, null, rule)));
    return bed.replicas(count);
  }

  private static HedgeRule after(long millis) {
    return new HedgeRule(millis, 0, true);
  }

  /// Says nothing until the other side ends the connection.
  private void slow(FakeReplica replica) {
    replica.script((request, connection) -> left.complete(connection.awaitEnd(10_000)));
  }

  private long requests(FakeReplica replica) {
    return replica.received().size();
  }

  @Test
  void fasterReplicaAnswersAndTheSlowOneIsSparedTheRest() {
    List<FakeReplica> replicas = hedged(2, after(50));
    slow(replicas.get(0));

    assertThat(bed.get("/").body()).isEqualTo("r2");

    assertThat(left.join()).isTrue();
    assertThat(requests(replicas.get(0))).isOne();
    assertThat(requests(replicas.get(1))).isOne();
    assertThat(bed.service().hedges().startedCount()).isOne();
    assertThat(bed.service().hedges().wonCount()).isOne();
    assertThat(bed.totals().completions()).isOne();
    assertThat(bed.service().route().replicas())
        .allSatisfy(replica -> assertThat(replica.failures()).isZero());
  }

  @Test
  void firstReplicaMayStillBeFaster() {
    List<FakeReplica> replicas = hedged(2, after(50));
    replicas
        .get(0)
        .script((request, connection) -> {
          awaitQuietly(go);
          connection.answer(200, "first");
        });
    slow(replicas.get(1));
    try (RawClient client = bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n")) {
      await().until(() -> requests(replicas.get(1)) == 1);

      go.countDown();

      assertThat(client.answer().body()).isEqualTo("first");
    }
    assertThat(left.join()).isTrue();
    assertThat(bed.service().hedges().wonCount()).isZero();
  }

  @Test
  void errorOfOneIsDroppedWhileTheOtherIsUnderWay() {
    List<FakeReplica> replicas = hedged(2, after(50));
    replicas
        .get(0)
        .script((request, connection) -> {
          awaitQuietly(go);
          connection.answer(200, "good");
        });
    replicas.get(1).script((request, connection) -> connection.answer(500, "bad"));
    try (RawClient client = bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n")) {
      await().until(() -> bed.service().route().replicas().get(1).errorStatuses() == 1);

      go.countDown();

      assertThat(client.answer().body()).isEqualTo("good");
    }
  }

  @Test
  void hedgeGoesOnWhenTheFirstAttemptFails() {
    List<FakeReplica> replicas = hedged(2, after(50));
    replicas
        .get(0)
        .script((request, connection) -> {
          awaitQuietly(go);
          connection.reset();
        });
    CountDownLatch second = new CountDownLatch(1);
    replicas
        .get(1)
        .script((request, connection) -> {
          awaitQuietly(second);
          connection.answer(200, "second");
        });
    try (RawClient client = bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n")) {
      await().until(() -> requests(replicas.get(1)) == 1);

      go.countDown();

      await().until(() -> bed.service().route().replicas().get(0).failures() == 1);
      second.countDown();
      assertThat(client.answer().body()).isEqualTo("second");
    }
    assertThat(requests(replicas.get(1))).isOne();
  }

  @Test
  void hedgeThatFailsChangesNothing() {
    List<FakeReplica> replicas = hedged(2, after(50));
    replicas
        .get(0)
        .script((request, connection) -> {
          awaitQuietly(go);
          connection.answer(200, "first");
        });
    replicas.get(1).script((request, connection) -> connection.reset());
    try (RawClient client = bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n")) {
      await().until(() -> bed.service().route().replicas().get(1).failures() == 1);

      go.countDown();

      assertThat(client.answer().body()).isEqualTo("first");
    }
  }

  @Test
  void clientThatLeavesLeavesBoth() {
    List<FakeReplica> replicas = hedged(2, after(50));
    CompletableFuture<Boolean> other = new CompletableFuture<>();
    slow(replicas.get(0));
    replicas.get(1).script((request, connection) -> other.complete(connection.awaitEnd(10_000)));
    try (RawClient client = bed.client().send("GET / HTTP/1.1\r\nHost: svc\r\n\r\n")) {
      await().until(() -> requests(replicas.get(1)) == 1);
      client.reset();
    }

    assertThat(left.join()).isTrue();
    assertThat(other.join()).isTrue();
  }

  @Test
  void requestThatMustNotBeSentTwiceIsNotHedged() {
    List<FakeReplica> replicas = hedged(2, after(20));
    replicas
        .get(0)
        .script((request, connection) -> {
          await().during(java.time.Duration.ofMillis(200)).until(() -> true);
          connection.answer(200, "slow");
        });

    assertThat(bed.send(POST).body()).isEqualTo("slow");

    assertThat(requests(replicas.get(1))).isZero();
  }

  @Test
  void otherRequestIsHedgedWhereTheServiceAllowsIt() {
    List<FakeReplica> replicas = hedged(2, new HedgeRule(20, 0, false));
    slow(replicas.get(0));
    replicas.get(1).script((request, connection) -> connection.answer(200, request.body()));

    assertThat(bed.send(POST).body()).isEqualTo("abc");
    assertThat(left.join()).isTrue();
  }

  @Test
  void oneReplicaAloneIsNotHedged() {
    List<FakeReplica> replicas = hedged(1, after(20));
    replicas
        .get(0)
        .script((request, connection) -> {
          await().during(java.time.Duration.ofMillis(200)).until(() -> true);
          connection.answer(200, "slow");
        });

    assertThat(bed.get("/").body()).isEqualTo("slow");
    assertThat(bed.service().hedges().startedCount()).isZero();
  }

  @Test
  void quantileIsLearntBeforeItIsUsed() {
    List<FakeReplica> replicas = hedged(2, new HedgeRule(0, 0.9, true));
    assertThat(bed.service().slowNanos()).isZero();
    for (int i = 0; i < 60; i++) {
      assertThat(bed.get("/").status()).isEqualTo(200);
    }
    assertThat(bed.service().slowNanos()).isPositive();
    slow(replicas.get(0));
    replicas.get(1).script((request, connection) -> connection.answer(200, "fast"));

    for (int i = 0; i < 2; i++) {
      assertThat(bed.get("/").body()).isEqualTo("fast");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
