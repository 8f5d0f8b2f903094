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

/// Requests that take longer than their service allows.
final class TimeLimitsTest {
  private final Bed bed = new Bed();
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void countersAreZero() {
    end.countDown();
    bed.close();
  }

  private void limits(long request, long firstByte) {
    bed.rule(rule ->
        rule.protection(new ProtectionRule(request, firstByte, 10_000, null, HedgeRule.OFF)));
  }

  private void silent(FakeReplica replica) {
    replica.script((request, connection) -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  @Test
  void wholeRequestEndsAtItsLimitBeforeTheAnswer() {
    limits(200, 0);
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    bed.replicas(1)
        .getFirst()
        .script((request, connection) -> left.complete(connection.awaitEnd(10_000)));

    RawClient.Answer answer = bed.get("/");

    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.body()).contains("request_timeout");
    assertThat(left.join()).as("the replica is spared the rest").isTrue();
    assertThat(bed.totals().failures()).isOne();
  }

  @Test
  void wholeRequestEndsAtItsLimitWhileItWaits() {
    limits(200, 0);
    bed.route(List.of());

    assertThat(bed.get("/").status()).isEqualTo(504);
  }

  @Test
  void wholeRequestEndsAtItsLimitInsideTheAnswer() {
    limits(300, 0);
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });

    RawClient.Answer answer = bed.get("/");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.complete()).isFalse();
  }

  @Test
  void anotherReplicaIsAskedWhenTheFirstByteIsLate() {
    limits(0, 150);
    List<FakeReplica> replicas = bed.replicas(2);
    replicas.forEach(this::silent);
    replicas.get(1).script((request, connection) -> connection.answer(200, "fast"));

    for (int i = 0; i < 4; i++) {
      assertThat(bed.get("/").body()).isEqualTo("fast");
    }

    assertThat(replicas.get(0).received()).isNotEmpty();
  }

  @Test
  void requestThatMustNotBeSentTwiceIsNot() {
    limits(0, 150);
    FakeReplica replica = bed.replicas(1).getFirst();
    silent(replica);

    RawClient.Answer answer =
        bed.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc");

    assertThat(answer.status()).isEqualTo(504);
    assertThat(replica.received()).hasSize(1);
  }

  /// A client that sends slowly is no fault of the replica.
  @Test
  void firstByteIsAwaitedFromTheEndOfTheRequestOn() {
    limits(0, 300);
    bed.replicas(1)
        .getFirst()
        .script((request, connection) -> connection.answer(200, request.body()));
    try (RawClient client = bed.client()) {
      client.send("POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\n");
      for (String part : List.of("a", "b", "c")) {
        await().during(java.time.Duration.ofMillis(150)).until(() -> bed.totals().failures() == 0);
        client.send(part);
      }

      assertThat(client.answer().body()).isEqualTo("abc");
    }
  }
}
