package io.fleetserve.loadbalancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetserve.testing.replica.FakeReplica;
import io.fleetserve.testing.replica.ReceivedRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Replicas that close connections they promised to keep, and crashes that look the same.
@SuppressWarnings("StringConcatToTextBlock")
final class StaleConnectionTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: svc\r\nContent-Length: 3\r\n\r\nabc";
  private Bed bed = new Bed();

  @AfterEach
  void countersAreZero() {
    bed.close();
  }

  /// Answers the first request of a connection and resets it at the second.
  private FakeReplica resetsTheSecondRequest(AtomicInteger answered) {
    FakeReplica replica = bed.replicas(1).getFirst();
    return replica.script((request, connection) -> {
      if (request.onConnection() > 1) {
        connection.reset();
      } else {
        answered.incrementAndGet();
        connection.answer(200, request.body());
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPTIONS", "PUT", "DELETE"})
  void idempotentRequestIsSentAgainOnAFreshConnection(String method) {
    AtomicInteger answered = new AtomicInteger();
    resetsTheSecondRequest(answered);
    for (int i = 0; i < 10; i++) {
      assertThat(bed.send(POST.replace("POST", method)).body()).isEqualTo("abc");
    }
    assertThat(answered).hasValue(10);
    assertThat(bed.service().route().replicas().getFirst().failures()).isZero();
  }

  @Test
  void otherRequestThatMayHaveBeenSeenIsNeverSentAgain() {
    FakeReplica replica = resetsTheSecondRequest(new AtomicInteger());
    // Both lanes keep a connection by now.
    bed.get("/");
    bed.get("/");

    RawClient.Answer answer = bed.send(POST);

    assertThat(answer.status()).isEqualTo(502);
    assertThat(replica.received().stream().map(ReceivedRequest::method)).containsOnlyOnce("POST");
  }

  @Test
  void otherRequestIsSentAgainWhereTheServiceAllowsIt() {
    bed.rule(rule -> rule.retry(3, false));
    AtomicInteger answered = new AtomicInteger();
    resetsTheSecondRequest(answered);
    for (int i = 0; i < 10; i++) {
      assertThat(bed.send(POST).body()).isEqualTo("abc");
    }
    assertThat(answered).hasValue(10);
  }

  /// What `llama-server` does behind a stream, and any server behind its last kept request.
  @Test
  void connectionThatTheReplicaHasClosedIsNotUsed() {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> {
      connection.answer(200, request.body());
      connection.close();
    });
    for (int i = 1; i <= 50; i++) {
      assertThat(bed.send(POST).body()).isEqualTo("abc");
      await().until(() -> replica.openConnections() == 0);
    }
    assertThat(replica.received()).hasSize(50);
  }

  @Test
  void otherRequestTakesNoConnectionThatWasIdleForLong() {
    bed.close();
    bed = new Bed(Bed.withFreshTime(Duration.ZERO));
    FakeReplica replica = bed.replicas(1).getFirst();
    try (RawClient client = bed.client()) {
      for (String method : new String[] {"POST", "POST", "PUT", "POST"}) {
        assertThat(client.send(POST.replace("POST", method)).answer().status()).isEqualTo(200);
      }
    }

    // Numbers of the connections: only PUT took a kept one.
    assertThat(replica.received().stream().map(ReceivedRequest::connection))
        .containsExactly(1, 2, 2, 3);
  }

  @Test
  void connectionInUseAMomentAgoServesEveryMethod() {
    FakeReplica replica = bed.replicas(1).getFirst();
    try (RawClient client = bed.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.send(POST).answer().status()).isEqualTo(200);
      }
    }

    assertThat(replica.received()).hasSize(20);
    assertThat(replica.connections()).isLessThan(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\na\n\n\r\n0\r\n\r\n",
        "Content-Type: Text/Event-Stream; charset=utf-8\r\nContent-Length: 3\r\n\r\na\n\n"
      })
  void connectionIsNotReusedBehindAnEventStream(String rest) {
    FakeReplica replica = bed.replicas(1).getFirst();
    replica.script((request, connection) -> connection.send("HTTP/1.1 200 OK\r\n" + rest));

    bed.get("/1");
    bed.get("/2");
    bed.get("/3");

    assertThat(replica.received().stream().map(ReceivedRequest::onConnection))
        .containsExactly(1, 1, 1);
  }
}
